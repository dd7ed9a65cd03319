"""Documents of the text domains: real text, text about the invented world, and blends of both
(TEXT.md)."""

from collections.abc import Iterable, Iterator
from random import Random

from foretune_measures.seeds import generator, writer

from .registry import domains, named
from .world.registers import world_documents
from .world.world import World


def is_real(domain: str) -> bool:
    """Whether it has a development split. Text about the invented world has none: perplexity must
    not measure what the tasks ask."""
    return hasattr(named(domains(), "text domain", domain), "documents")


def domain_documents(world: World, seed: int, domain: str, split: str, volume: int) -> Iterable[str]:
    """All documents of real text in random order; an endless stream for the others (training text
    only)."""
    if is_real(domain):
        return _shuffled(seed, domain, split)
    if split != "train":
        raise ValueError(f'Domain "{domain}" is about the invented world and has no {split} text.')
    registers = domains()[domain].REGISTERS
    own = world_documents(world, volume, writer("documents", domain, seed, volume), registers)
    blend: dict[str, float] = getattr(domains()[domain], "BLEND", {})
    if not blend:
        return own
    parts = {domain: own} | {part: _cycled(_shuffled(seed, part, "train")) for part in blend}
    shares = {domain: 1 - sum(blend.values())} | blend
    return blended(parts, shares, writer("blend", seed, domain, volume))


def _shuffled(seed: int, domain: str, split: str) -> list[str]:
    documents = domains()[domain].documents(split)
    order = generator("documents", seed, domain, split).permutation(len(documents))
    return [documents[i] for i in order]


def _cycled(documents: list[str]) -> Iterator[str]:
    while True:
        yield from documents


def blended(parts: dict[str, Iterator[str]], shares: dict[str, float], rng: Random) -> Iterator[str]:
    """Each document comes from a part that is drawn with the probability of its share."""
    names, weights = list(shares), list(shares.values())
    while True:
        for name in rng.choices(names, weights, k=1024):
            yield next(parts[name])
