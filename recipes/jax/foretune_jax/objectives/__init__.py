"""The pre-training objectives: one file each (elementary.py has their parts)."""
