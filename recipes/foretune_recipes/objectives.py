"""What pre-training predicts. Every objective turns rows of text into the same four arrays (`Batch`).

An objective consists of elementary ones in fixed shares:

CLM: every next token. PLM (prefix LM): the part after a random point, seeing the part before it both
ways (arXiv 1910.10683, 3.2.1). SC (span corruption, same paper, 3.3.4): 15 % of the tokens in spans of
mean length 3. SC+CLM: half and half.

UL2 (arXiv 2205.05131): six span corruptions and PLM, each behind the token of its mode: R (regular) for
short spans and few of them, X (extreme) for long spans or many, S (sequential) for PLM. We give all seven
equal parts. UL2R (arXiv 2210.11399): PLM one half, a regular and an extreme corruption a quarter each.
UL2R+CLM: half and half. arXiv 2504.12491 names these objectives and gives no shares.

A short context clips long spans: one of 64 tokens holds one span of (64, 0.5) or (32, 0.5), the same then.
"""

from collections import Counter
from math import lcm

import numpy as np

from .batch import Batch
from .span_corruption import Corruption, corruptible_length, span_corruption
from .tokenizer import MODE_R, MODE_S, MODE_X

# A point too near either end would leave nothing to read or nothing to predict.
PREFIX_RANGE = (0.2, 0.8)
CORRUPTIONS = {
    "sc": Corruption(0.15, 3),
    "r3": Corruption(0.15, 3, MODE_R),
    "r8": Corruption(0.15, 8, MODE_R),
    "x3": Corruption(0.5, 3, MODE_X),
    "x8": Corruption(0.5, 8, MODE_X),
    "x32": Corruption(0.5, 32, MODE_X),
    "x64": Corruption(0.5, 64, MODE_X),
    "x64-sparse": Corruption(0.15, 64, MODE_X),
}
UL2R = {"plm-s": 2, "r3": 1, "x32": 1}
# Elementary objectives and their parts of the rows.
PARTS = {
    "clm": {"clm": 1},
    "sc": {"sc": 1},
    "plm": {"plm": 1},
    "sc+clm": {"sc": 1, "clm": 1},
    "ul2": dict.fromkeys(["r3", "r8", "x3", "x8", "x64", "x64-sparse", "plm-s"], 1),
    "ul2r": UL2R,
    "ul2r+clm": UL2R | {"clm": 4},
}


def elementary(objectives: list[str]) -> dict[str, int]:
    """The elementary objectives and their parts, where all objectives have equal shares."""
    for name in objectives:
        if name not in PARTS:
            raise ValueError(f'There is no objective "{name}"; known: {", ".join(PARTS)}.')
    whole = lcm(*(sum(PARTS[name].values()) for name in objectives))
    parts: Counter[str] = Counter()
    for name in objectives:
        scale = whole // sum(PARTS[name].values())
        parts.update({part: scale * share for part, share in PARTS[name].items()})
    return dict(parts)


def row_length(part: str, context: int) -> int:
    """How many tokens of text a sequence of `context` holds."""
    if part in CORRUPTIONS:
        return corruptible_length(CORRUPTIONS[part], context)
    return context if part == "plm-s" else context + 1


def apply_objective(part: str, rows: np.ndarray, context: int, rng: np.random.Generator) -> Batch:
    """`part`: an elementary objective; rows: int32 [n, row_length(part, context)]"""
    if part in CORRUPTIONS:
        return span_corruption(rows, CORRUPTIONS[part], context, rng)
    if part == "plm-s":
        return prefix_lm(np.insert(rows, 0, MODE_S, axis=1), rng)
    return prefix_lm(rows, rng) if part == "plm" else causal_lm(rows)


def causal_lm(rows: np.ndarray) -> Batch:
    inputs, targets = rows[:, :-1], rows[:, 1:]
    return Batch(inputs, targets, np.ones(inputs.shape, np.float32), np.zeros(len(rows), np.int32))


def prefix_lm(rows: np.ndarray, rng: np.random.Generator) -> Batch:
    plain = causal_lm(rows)
    context = plain.inputs.shape[1]
    low, high = (round(share * context) for share in PREFIX_RANGE)
    prefix = rng.integers(low, high + 1, len(rows)).astype(np.int32)
    # The last prefix position predicts the first token behind the prefix.
    weights = (np.arange(context) >= prefix[:, None] - 1).astype(np.float32)
    return Batch(plain.inputs, plain.targets, weights, prefix)
