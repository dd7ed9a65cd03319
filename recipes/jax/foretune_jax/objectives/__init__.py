"""What pre-training predicts: one file an objective (elementary.py has the parts)."""
