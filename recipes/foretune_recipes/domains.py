"""The text domains by name: real text, text about the invented world, and blends of both (TEXT.md)."""

from collections.abc import Iterable, Iterator
from random import Random

from .seeds import generator, writer
from .text import REAL_TEXT
from .world.registers import REGISTERS, world_documents
from .world.world import World

# Of each part, the share of the documents. A crawl finds something of everything; an encyclopedia has
# articles and definitions.
BLENDS = {
    "web": {"crawl": 0.7, "glosses": 0.2, "prose": 0.1},
    "encyclopedia": {"articles": 0.6, "glosses": 0.4},
}
DOMAINS = ("world", "prose", "code", "glosses", "web", "news", "docs", "encyclopedia", "questions")


def tells_of_the_world(domain: str) -> bool:
    """Whether its text depends on how much of the world is told."""
    return domain not in REAL_TEXT


def domain_documents(world: World, seed: int, domain: str, split: str, volume: int) -> Iterable[str]:
    """All documents of real text in random order; an endless stream of the others (training text alone)."""
    if domain in REAL_TEXT:
        return _shuffled(seed, domain, split)
    if split != "train":
        raise ValueError(f'Domain "{domain}" tells of the world: it has no {split} text.')
    if domain in BLENDS:
        parts = {part: _endless(world, seed, part, volume) for part in BLENDS[domain]}
        return blended(parts, BLENDS[domain], writer("blend", seed, domain, volume))
    return _endless(world, seed, domain, volume)


def _endless(world: World, seed: int, part: str, volume: int) -> Iterator[str]:
    if part in REAL_TEXT:
        return _cycled(_shuffled(seed, part, "train"))
    # The first domain there was is told by a generator of its own.
    name = () if part == "world" else (part,)
    return world_documents(world, volume, writer("documents", *name, seed, volume), REGISTERS[part])


def _shuffled(seed: int, domain: str, split: str) -> list[str]:
    documents = REAL_TEXT[domain](split)
    order = generator("documents", seed, domain, split).permutation(len(documents))
    return [documents[i] for i in order]


def _cycled(documents: list[str]) -> Iterator[str]:
    while True:
        yield from documents


def blended(parts: dict[str, Iterator[str]], shares: dict[str, float], rng: Random) -> Iterator[str]:
    """Each next document is from a part drawn by its share."""
    names, weights = list(shares), list(shares.values())
    while True:
        for name in rng.choices(names, weights, k=1024):
            yield next(parts[name])
