"""Span corruption (arXiv 1910.10683, 3.3.4): each span is replaced by a sentinel and must be
predicted.

As in decoder-only descendants of T5, the corrupted text is a prefix with bidirectional attention; a
separator ends it, and the target lists sentinels and spans in turn. In UL2 the prefix begins with a
mode token.
"""

import numpy as np

from foretune_measures.spans import Corruption, noise_counts, noise_mask

from .batch import Batch
from .special import DOCUMENT, FIRST_SENTINEL, PAD, SENTINELS, SEPARATOR


def span_corruption(
    rows: np.ndarray, corruption: Corruption, context: int, rng: np.random.Generator
) -> Batch:
    """rows: int32 [n, length], as long as fits into the context (`Spans.row_length`)"""
    length = rows.shape[1]
    noise, spans = noise_counts(corruption, length, SENTINELS)
    masks = np.stack([noise_mask(length, noise, spans, rng) for _ in range(len(rows))])
    edge = np.ones((len(rows), 1), np.int32)
    mode = [] if corruption.mode is None else [edge * corruption.mode]
    given = np.concatenate([*mode, corrupted(rows, masks), edge * SEPARATOR], axis=1)
    asked = np.concatenate([hidden_spans(rows, masks), edge * DOCUMENT], axis=1)
    return _target_only(np.concatenate([given, asked], axis=1).astype(np.int32), given.shape[1], context)


def corrupted(rows: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Every hidden span replaced by one sentinel. All rows must hide the same number of tokens in
    the same number of spans."""
    begins, sentinels = _sentinels(hidden)
    kept = np.where(begins, sentinels, rows)[begins | ~hidden]
    return kept.reshape(len(rows), -1)


def hidden_spans(rows: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Each span after its sentinel."""
    begins, sentinels = _sentinels(hidden)
    pairs = np.stack([sentinels, rows], axis=2)[np.stack([begins, hidden], axis=2)]
    return pairs.reshape(len(rows), -1)


def _sentinels(hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where spans begin, and the sentinel of the latest span at each position."""
    begins = hidden & ~np.pad(hidden, ((0, 0), (1, 0)))[:, :-1]
    return begins, (FIRST_SENTINEL - 1 + np.cumsum(begins, axis=1)).astype(np.int32)


def _target_only(sequence: np.ndarray, prefix: int, context: int) -> Batch:
    """Loss on the tokens after the prefix; the rest of the context is padding."""
    count, length = sequence.shape
    padded = np.pad(sequence, ((0, 0), (0, context + 1 - length)), constant_values=PAD)
    at = np.arange(context)
    weights = np.broadcast_to((at >= prefix - 1) & (at < length - 1), (count, context))
    return Batch(padded[:, :-1], padded[:, 1:], weights.astype(np.float32), np.full(count, prefix, np.int32))
