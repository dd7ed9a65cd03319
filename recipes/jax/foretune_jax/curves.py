"""The training log as rows of `curves`."""

import math
from collections.abc import Sequence

import numpy as np

from foretune_protocol.tables import Row

CURVE_STEPS = 10


def loss_rows(losses: Sequence[float], before: int, step_tokens: float) -> list[Row]:
    """The mean loss of every CURVE_STEPS steps."""
    return [
        {
            "step": end,
            "tokens": float(before + end * step_tokens),
            "metric": "train_loss",
            "domain": None,
            "value": float(np.mean(losses[begin:end])),
        }
        for begin, end in spans(len(losses))
    ]


def rate_rows(lrs: np.ndarray, before: int, step_tokens: float) -> list[Row]:
    """The learning rate at the end of the same steps."""
    return [
        {
            "step": end,
            "tokens": float(before + end * step_tokens),
            "metric": "lr",
            "domain": None,
            "value": float(lrs[end - 1]),
        }
        for _, end in spans(len(lrs))
    ]


def spans(steps: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + CURVE_STEPS, steps)) for begin in range(0, steps, CURVE_STEPS)]


def refuse_divergence(losses: Sequence[float]) -> None:
    """Training that has diverged does not recover, and continuing would be a waste. Raises
    ValueError."""
    step = next((at for at, loss in enumerate(losses, 1) if not math.isfinite(loss)), None)
    if step is not None:
        raise ValueError(
            f"The loss is {losses[step - 1]} at step {step}: training diverged. Choose a lower learning rate."
        )
