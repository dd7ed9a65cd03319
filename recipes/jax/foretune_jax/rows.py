"""Rows of text of one length, read from a pool in order, starting at a random position."""

import numpy as np

from .corpus import Pool


def read_rows(pool: Pool, length: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """int32 [count, length]. A row starts at the start of a document, or where the previous row cut
    a long one.

    A short document that was cut is read again from its start in the next row. At the end of the
    pool, reading continues at its beginning.
    """
    if len(pool.tokens) < length:
        raise ValueError(
            f"A pool of {len(pool.tokens)} tokens is too short for a row of {length}; lower the context."
        )
    begins = np.empty(count, np.int64)
    at = int(pool.starts[rng.integers(len(pool.starts))])
    for i in range(count):
        at = at if at + length <= len(pool.tokens) else 0
        begins[i] = at
        at = _next_begin(pool.starts, at, length)
    return pool.tokens[begins[:, None] + np.arange(length)].astype(np.int32)


def _next_begin(starts: np.ndarray, at: int, length: int) -> int:
    last = int(starts[np.searchsorted(starts, at + length, "right") - 1])
    return last if last > at else at + length
