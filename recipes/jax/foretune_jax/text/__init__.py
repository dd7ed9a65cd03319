"""The text domains: one file each (registry.py says what it declares; TEXT.md has the licences)."""
