"""The indicators: one file each, or one for several from the same pass (registry.py says what a
file declares)."""
