"""Elementary objectives: each turns rows of text into the same four arrays (`Batch`). Free of JAX
and numpy.

CLM: every next token. PLM (prefix LM): the part after a random point, with bidirectional attention
to the part before it (arXiv 1910.10683, 3.2.1). Span corruption (same paper, 3.3.4): some tokens
are hidden, in spans. Those of UL2 begin with a mode token (arXiv 2205.05131): R (regular) for short
spans and few of them, X (extreme) for long spans or many, S (sequential) for PLM.

A short context clips long spans: one of 64 tokens holds one span of (64, 0.5) or (32, 0.5), the
same then.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Protocol

from foretune_measures.spans import Corruption, noise_counts

from .registry import named, objectives
from .special import MODE_R, MODE_S, MODE_X, SENTINELS

if TYPE_CHECKING:
    import numpy as np

    from .batch import Batch


class Elementary(Protocol):
    """Hashable. `name` seeds its random numbers."""

    @property
    def name(self) -> str: ...

    def row_length(self, context: int) -> int:
        """How many tokens of text a sequence of `context` holds."""

    def apply(self, rows: "np.ndarray", context: int, rng: "np.random.Generator") -> "Batch":
        """rows: int32 [n, row_length(context)]"""


@dataclass(frozen=True)
class Causal:
    name: str

    def row_length(self, context: int) -> int:
        return context + 1

    def apply(self, rows: "np.ndarray", context: int, rng: "np.random.Generator") -> "Batch":  # noqa: ARG002
        from .sequences import causal_lm

        return causal_lm(rows)


@dataclass(frozen=True)
class Prefix:
    name: str
    mode: int | None = None

    def row_length(self, context: int) -> int:
        return context + 1 - (self.mode is not None)

    def apply(self, rows: "np.ndarray", context: int, rng: "np.random.Generator") -> "Batch":  # noqa: ARG002
        from .sequences import opened_by, prefix_lm

        return prefix_lm(opened_by(self.mode, rows), rng)


@dataclass(frozen=True)
class Spans:
    name: str
    corruption: Corruption

    def row_length(self, context: int) -> int:
        """The longest text whose corrupted form and target fit into `context` + 1 tokens."""
        marks = 2 + (self.corruption.mode is not None)
        for length in range(context + 1, 2, -1):
            if length + 2 * noise_counts(self.corruption, length, SENTINELS)[1] + marks <= context + 1:
                return length
        raise ValueError(f"A context of {context} tokens is too short for span corruption; use at least 8.")

    def apply(self, rows: "np.ndarray", context: int, rng: "np.random.Generator") -> "Batch":
        from .span_corruption import span_corruption

        return span_corruption(rows, self.corruption, context, rng)


CLM = Causal("clm")
PLM = Prefix("plm")
PLM_S = Prefix("plm-s", MODE_S)
SC = Spans("sc", Corruption(0.15, 3))
R3 = Spans("r3", Corruption(0.15, 3, MODE_R))
R8 = Spans("r8", Corruption(0.15, 8, MODE_R))
X3 = Spans("x3", Corruption(0.5, 3, MODE_X))
X8 = Spans("x8", Corruption(0.5, 8, MODE_X))
X32 = Spans("x32", Corruption(0.5, 32, MODE_X))
X64 = Spans("x64", Corruption(0.5, 64, MODE_X))
X64_SPARSE = Spans("x64-sparse", Corruption(0.15, 64, MODE_X))


def parts_of(names: Sequence[str]) -> dict[Elementary, int]:
    """The elementary objectives and their shares, if all named objectives have equal shares."""
    mixed: list[Mapping[Elementary, int]] = [named(objectives(), "objective", name).PARTS for name in names]
    whole = lcm(*(sum(parts.values()) for parts in mixed))
    total: Counter[Elementary] = Counter()
    for parts in mixed:
        scale = whole // sum(parts.values())
        total.update({part: scale * share for part, share in parts.items()})
    return dict(total)
