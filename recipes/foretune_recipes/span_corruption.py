"""Span corruption (arXiv 1910.10683, 3.3.4): spans are hidden, each behind a sentinel, and then asked for.

As in decoder-only T5 descendants, the corrupted text is a prefix that is seen both ways; a separator
ends it, and the target lists sentinel and span in turn. UL2 opens the prefix with a token for the mode.
"""

from dataclasses import dataclass

import numpy as np

from .batch import Batch
from .tokenizer import DOCUMENT, FIRST_SENTINEL, PAD, SENTINELS, SEPARATOR


@dataclass(frozen=True)
class Corruption:
    """Share of the tokens that is hidden, mean length of a hidden span, and the mode token or None.

    A text too short for spans of that length hides one span, as long as the density says; a text with
    more spans than there are sentinels hides longer ones.
    """

    density: float
    mean_span: float
    mode: int | None = None


def span_corruption(
    rows: np.ndarray, corruption: Corruption, context: int, rng: np.random.Generator
) -> Batch:
    """rows: int32 [n, corruptible_length(corruption, context)]"""
    length = rows.shape[1]
    noise, spans = noise_counts(corruption, length)
    masks = np.stack([noise_mask(length, noise, spans, rng) for _ in range(len(rows))])
    edge = np.ones((len(rows), 1), np.int32)
    mode = [] if corruption.mode is None else [edge * corruption.mode]
    given = np.concatenate([*mode, corrupted(rows, masks), edge * SEPARATOR], axis=1)
    asked = np.concatenate([hidden_spans(rows, masks), edge * DOCUMENT], axis=1)
    return _target_only(np.concatenate([given, asked], axis=1).astype(np.int32), given.shape[1], context)


def noise_counts(corruption: Corruption, length: int, sentinels: int = SENTINELS) -> tuple[int, int]:
    """How many tokens of a text of `length` (3 or more) are hidden, in how many spans."""
    noise = min(max(round(length * corruption.density), 1), length - 2)
    spans = min(max(round(noise / corruption.mean_span), 1), sentinels, length - noise)
    return noise, spans


def corruptible_length(corruption: Corruption, context: int) -> int:
    """The longest text whose corrupted form and target fit into `context` + 1 tokens."""
    marks = 2 + (corruption.mode is not None)
    for length in range(context + 1, 2, -1):
        if length + 2 * noise_counts(corruption, length)[1] + marks <= context + 1:
            return length
    raise ValueError(f"A context of {context} tokens is too short for span corruption; use at least 8.")


def noise_mask(length: int, noise: int, spans: int, rng: np.random.Generator) -> np.ndarray:
    """bool [length]: kept and hidden segments in turn, cut at random as in T5's `random_spans_noise_mask`.

    T5's cut always ends with a hidden segment. Of a single span that would make prefix LM with a prefix
    of one length, so a single span lies anywhere between two kept tokens.
    """
    if spans == 1:
        begin = rng.integers(1, length - noise)
        at = np.arange(length)
        return (at >= begin) & (at < begin + noise)
    hidden = _random_parts(noise, spans, rng)
    kept = _random_parts(length - noise, spans, rng)
    lengths = np.stack([kept, hidden], axis=1).reshape(-1)
    return np.repeat(np.arange(2 * spans) % 2 == 1, lengths)


def _random_parts(total: int, parts: int, rng: np.random.Generator) -> np.ndarray:
    """`total` as a sum of `parts` positive numbers, every such sum equally likely."""
    cuts = np.sort(rng.choice(total - 1, parts - 1, replace=False)) + 1
    return np.diff(np.concatenate([[0], cuts, [total]]))


def corrupted(rows: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Every hidden span replaced by one sentinel. All rows must hide as many tokens in as many spans."""
    begins, sentinels = _sentinels(hidden)
    kept = np.where(begins, sentinels, rows)[begins | ~hidden]
    return kept.reshape(len(rows), -1)


def hidden_spans(rows: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Each span behind its sentinel."""
    begins, sentinels = _sentinels(hidden)
    pairs = np.stack([sentinels, rows], axis=2)[np.stack([begins, hidden], axis=2)]
    return pairs.reshape(len(rows), -1)


def _sentinels(hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where spans begin, and the sentinel of the latest span up to each place."""
    begins = hidden & ~np.pad(hidden, ((0, 0), (1, 0)))[:, :-1]
    return begins, (FIRST_SENTINEL - 1 + np.cumsum(begins, axis=1)).astype(np.int32)


def _target_only(sequence: np.ndarray, prefix: int, context: int) -> Batch:
    """Loss on what follows the prefix; the rest of the context is padding."""
    count, length = sequence.shape
    padded = np.pad(sequence, ((0, 0), (0, context + 1 - length)), constant_values=PAD)
    at = np.arange(context)
    weights = np.broadcast_to((at >= prefix - 1) & (at < length - 1), (count, context))
    return Batch(padded[:, :-1], padded[:, 1:], weights.astype(np.float32), np.full(count, prefix, np.int32))
