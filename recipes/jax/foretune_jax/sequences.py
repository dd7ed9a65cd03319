"""Rows of text as sequences whose next tokens are predicted: all of them, or those after a
prefix."""

import numpy as np

from .batch import Batch

# A point too near either end would leave nothing to read or nothing to predict.
PREFIX_RANGE = (0.2, 0.8)


def opened_by(mode: int | None, rows: np.ndarray) -> np.ndarray:
    return rows if mode is None else np.insert(rows, 0, mode, axis=1)


def causal_lm(rows: np.ndarray) -> Batch:
    inputs, targets = rows[:, :-1], rows[:, 1:]
    return Batch(inputs, targets, np.ones(inputs.shape, np.float32), np.zeros(len(rows), np.int32))


def prefix_lm(rows: np.ndarray, rng: np.random.Generator) -> Batch:
    plain = causal_lm(rows)
    context = plain.inputs.shape[1]
    low, high = (round(share * context) for share in PREFIX_RANGE)
    prefix = rng.integers(low, high + 1, len(rows)).astype(np.int32)
    # The last prefix position predicts the first token after the prefix.
    weights = (np.arange(context) >= prefix[:, None] - 1).astype(np.float32)
    return Batch(plain.inputs, plain.targets, weights, prefix)
