"""The tasks: one file each (registry.py says what it declares)."""
