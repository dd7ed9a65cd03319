"""Encoded text: for each domain a pool of tokens, cut into documents, kept in the cache.

The size of a pool is a power of two and grows with the needs of a run; a larger pool begins with
the documents of a smaller one.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from foretune_measures.seeds import writer
from foretune_protocol.cache import cached

from . import RECIPE_VERSION
from .domains import blended, domain_documents, is_real
from .special import DOCUMENT
from .tokenizer import Tokenizer, load_tokenizer, train_tokenizer
from .world.registers import world_documents
from .world.world import World, make_world

SMALLEST_POOL = 2**18
SAMPLE_CHARACTERS = {"world": 1_500_000, "prose": 400_000, "code": 300_000, "glosses": 300_000}
ENCODE_BATCH = 512


@dataclass(frozen=True)
class Pool:
    """`tokens`: documents one after the other, each beginning with DOCUMENT; `starts`: where."""

    tokens: np.ndarray  # uint16 or int32 [tokens]
    starts: np.ndarray  # int32 [documents]


@dataclass(frozen=True)
class Corpus:
    """All text of one seed and vocabulary."""

    folder: Path
    seed: int
    tokenizer: Tokenizer
    world: World

    def pool(self, domain: str, split: str, needed: int, volume: int = 2) -> Pool:
        """At least `needed` tokens if the source has as many; reads the cache or fills it."""
        size = max(SMALLEST_POOL, 1 << (needed - 1).bit_length())
        name = f"{domain}{'' if is_real(domain) else volume}-{split}-{size}.npz"
        path = cached(self.folder / name, lambda to: self._encode(domain, split, volume, size, to))
        with np.load(path) as arrays:
            return Pool(arrays["tokens"], arrays["starts"])

    def _encode(self, domain: str, split: str, volume: int, size: int, to: Path) -> None:
        documents = domain_documents(self.world, self.seed, domain, split, volume)
        tokens, starts = encode_documents(self.tokenizer, documents, size)
        with to.open("wb") as handle:
            np.savez(handle, tokens=tokens, starts=starts)


def open_corpus(cache_dir: Path, seed: int, vocabulary: int) -> Corpus:
    """Trains the tokenizer, or loads it from the cache."""
    folder = cache_dir / "text" / _key(seed, vocabulary)
    world = make_world(seed)
    path = cached(
        folder / "tokenizer.json",
        lambda to: train_tokenizer(_sample(world, seed), vocabulary).save(str(to)),
    )
    return Corpus(folder, seed, load_tokenizer(path), world)


def _key(seed: int, vocabulary: int) -> str:
    import sys

    python = f"python{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return f"v{RECIPE_VERSION}-seed{seed}-vocabulary{vocabulary}-{python}"


def _sample(world: World, seed: int) -> Iterator[str]:
    """The training text of the tokenizer: some of the domains from which the others are made."""
    for domain, characters in SAMPLE_CHARACTERS.items():
        for document in _sample_of(world, seed, domain):
            yield document
            characters -= len(document)
            if characters < 0:
                break


def _sample_of(world: World, seed: int, domain: str) -> Iterable[str]:
    """For the world, documents about its people and kinds, so that each of their names is one
    token."""
    if domain != "world":
        return domain_documents(world, seed, domain, "train", 2)
    shares = {"person": 2.0, "kind": 1.0}
    # Half and half, regardless of what the base and the variants read.
    documents = {
        str(volume): world_documents(world, volume, writer("sample", seed, volume), shares)
        for volume in (1, 2)
    }
    return blended(documents, {"1": 0.5, "2": 0.5}, writer("sample", seed))


def encode_documents(
    tokenizer: Tokenizer, documents: Iterable[str], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first documents that together have `size` tokens, or all; the last one is cut."""
    parts, starts, total = [], [], 0
    stream = iter(documents)
    while total < size and (batch := list(islice(stream, ENCODE_BATCH))):
        for ids in tokenizer.encode_batch(batch):
            starts.append(total)
            parts.append([DOCUMENT, *ids])
            total += len(ids) + 1
    tokens = np.fromiter((t for part in parts for t in part), np.int32, total)[:size]
    kept = np.array([s for s in starts if s < len(tokens)], np.int32)
    return tokens, kept


def digest_of(pool: Pool) -> str:
    return hashlib.sha256(pool.tokens.tobytes()).hexdigest()
