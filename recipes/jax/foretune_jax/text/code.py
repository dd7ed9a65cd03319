"""Domain `code`: the source of Python's own standard library (PSF licence), from the running
Python."""

import re
import sysconfig
from pathlib import Path

from ..held_out import in_split

LABEL = "Source code"


def documents(split: str) -> list[str]:
    """Top-level definitions of whole modules; a module is in one split only."""
    modules = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    chosen = (module for module in modules if in_split(module.stem, split))
    return [block for module in chosen for block in definitions(module.read_text("utf-8", "ignore"))]


def definitions(source: str) -> list[str]:
    """A module cut before every line that starts a top-level statement after a blank line."""
    blocks = re.split(r"\n\n+(?=[^\s#)])", source)
    return [block.strip() for block in blocks if len(block.strip()) > 20]
