"""The arrays that objectives make from rows of text, and that the trainer and the indicators
read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batch:
    """Sequences of one length. Position t predicts `targets[t]`, with weight 0 where nothing is
    predicted."""

    inputs: np.ndarray  # int32 [n, context]
    targets: np.ndarray  # int32 [n, context]
    weights: np.ndarray  # float32 [n, context]
    prefix: np.ndarray  # int32 [n]: number of first positions with bidirectional attention

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, index: np.ndarray | slice) -> "Batch":
        return Batch(self.inputs[index], self.targets[index], self.weights[index], self.prefix[index])


def concatenate(batches: Sequence[Batch]) -> Batch:
    names = ("inputs", "targets", "weights", "prefix")
    return Batch(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in names))
