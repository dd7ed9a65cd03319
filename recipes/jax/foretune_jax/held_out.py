"""The rule that splits real text into training and development text."""

import hashlib

DEV_SHARE = 0.1


def is_held_out(name: str) -> bool:
    """One name in ten, chosen by its digest, so the choice is the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") < DEV_SHARE * 2**32


def in_split(name: str, split: str) -> bool:
    return is_held_out(name) == (split == "dev")
