"""Changes to training text before rows are read: filtering documents by length, and domain tags."""

import numpy as np

from .config import ALL_LENGTHS, Pretrain
from .corpus import Corpus, Pool


def training_pool(corpus: Corpus, config: Pretrain, domain: str, needed: int) -> Pool:
    """At least `needed` tokens of training text, if the source has as many, as the run reads it."""
    pool = _of_length(corpus, config.length_filter, domain, needed, config.volume)
    return tagged(pool, corpus.tokenizer.encode(f"[{domain}]\n")) if config.tag else pool


def _of_length(corpus: Corpus, length_filter: str, domain: str, needed: int, volume: int) -> Pool:
    if length_filter == ALL_LENGTHS:
        return corpus.pool(domain, "train", needed, volume)
    # Computed on the smallest pool, so that the bounds do not depend on how much a run reads.
    bounds = length_bounds(corpus.pool(domain, "train", 1, volume), length_filter)
    asked = needed
    while True:
        pool = corpus.pool(domain, "train", asked, volume)
        kept = between(pool, *bounds)
        if len(kept.tokens) >= needed or len(pool.tokens) < asked:
            return kept
        asked *= 2


def lengths_of(pool: Pool) -> np.ndarray:
    """Tokens of each document, including its start token. The last one may be cut, so it is not
    counted."""
    return np.diff(pool.starts)


def length_bounds(pool: Pool, length_filter: str) -> tuple[float, float]:
    """`25-75`: the lengths at these percentiles of the pool's documents."""
    low, high = (int(percentile) for percentile in length_filter.split("-"))
    lengths = lengths_of(pool)
    return float(np.percentile(lengths, low)), float(np.percentile(lengths, high))


def between(pool: Pool, low: float, high: float) -> Pool:
    """The documents with lengths between these bounds, inclusive."""
    lengths = lengths_of(pool)
    kept = (lengths >= low) & (lengths <= high)
    tokens = pool.tokens[: pool.starts[-1]][np.repeat(kept, lengths)]
    return Pool(tokens, _starts(lengths[kept]))


def tagged(pool: Pool, tag: list[int]) -> Pool:
    """Every document with `tag` after its start token."""
    places = np.repeat(pool.starts + 1, len(tag))
    tokens = np.insert(pool.tokens, places, np.tile(np.array(tag, pool.tokens.dtype), len(pool.starts)))
    return Pool(tokens, pool.starts + len(tag) * np.arange(len(pool.starts), dtype=np.int32))


def _starts(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32)
