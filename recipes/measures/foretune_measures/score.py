"""A measured number with its standard error."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    value: float
    stderr: float
    n: int


def inverse_perplexity(nats: np.ndarray, tokens: np.ndarray) -> Score:
    """The score of rows with these losses and numbers of counted tokens."""
    mean, stderr = ratio(nats, tokens)
    value = math.exp(-mean)
    return Score(value, value * stderr, int(tokens.sum()))


def ratio(top: np.ndarray, bottom: np.ndarray) -> tuple[float, float]:
    """Sum over sum; standard error by the delta method over rows, since the tokens of a row are not
    independent."""
    mean = top.sum() / bottom.sum()
    return float(mean), float(np.sqrt(np.sum((top - mean * bottom) ** 2)) / bottom.sum())
