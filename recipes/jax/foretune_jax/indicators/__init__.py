"""The indicators: one file each, or one for several of the same pass (registry.py says what it declares)."""
