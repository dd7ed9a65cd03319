"""Pairs of variants as a classifier sees them (arXiv 2504.12491, section 3.2)."""

import numpy as np


def scaled(values: np.ndarray, training: np.ndarray) -> np.ndarray:
    """[variants, features] scaled so that the training rows span [0, 1]; a feature that is
    constant there is 0."""
    low = values[training].min(axis=0)
    span = values[training].max(axis=0) - low
    return np.where(span > 0, (values - low) / np.where(span > 0, span, 1.0), 0.0)


def all_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of every unordered pair of `count` items, the lower index first."""
    return np.triu_indices(count, k=1)


def pair_features(values: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[pairs, 4 * features]: p_a - p_b, p_a * p_b, p_a, p_b, each over all features."""
    first, second = values[a], values[b]
    return np.concatenate([first - second, first * second, first, second], axis=1)
