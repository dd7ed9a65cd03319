"""The ways to fine-tune: one file each (registry.py says what it declares)."""
