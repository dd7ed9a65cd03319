"""What recipes measure alike, so that their numbers mean the same: named random generators, scores,
spans.

Needs numpy, and that only where numbers are drawn or added up.
"""
