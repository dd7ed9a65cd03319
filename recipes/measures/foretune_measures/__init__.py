"""Measurements that recipes share, so that their numbers mean the same: named random generators,
scores, spans.

Needs numpy, but only where numbers are drawn or summed.
"""
