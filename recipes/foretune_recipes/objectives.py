"""What pre-training predicts. Every objective turns rows of text into the same four arrays.

CLM: every next token. PLM (prefix LM): the part after a random point, seeing the part before it both
ways (arXiv 1910.10683, 3.2.1). SC (span corruption, same paper, 3.3.4): 15 % of the tokens in spans of
mean length 3, each replaced by a sentinel; the target lists sentinel and span in turn. As in decoder-only
T5 descendants, the corrupted text is a prefix that is seen both ways, and a separator ends it.
"""

from dataclasses import dataclass

import numpy as np

from .tokenizer import DOCUMENT, FIRST_SENTINEL, PAD, SENTINELS, SEPARATOR

NOISE_DENSITY = 0.15
MEAN_SPAN = 3.0
# A point too near either end would leave nothing to read or nothing to predict.
PREFIX_RANGE = (0.2, 0.8)
PARTS = {"clm": ("clm",), "sc": ("sc",), "plm": ("plm",), "sc+clm": ("sc", "clm")}


@dataclass(frozen=True)
class Batch:
    """Sequences of one length. Position t predicts `targets[t]`, with weight 0 where nothing is asked."""

    inputs: np.ndarray  # int32 [n, context]
    targets: np.ndarray  # int32 [n, context]
    weights: np.ndarray  # float32 [n, context]
    prefix: np.ndarray  # int32 [n]: that many first positions see each other both ways

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, index: np.ndarray | slice) -> "Batch":
        return Batch(self.inputs[index], self.targets[index], self.weights[index], self.prefix[index])


def elementary(objectives: list[str]) -> list[str]:
    """The objectives to alternate between, in equal parts: `sc+clm` counts as one part of two halves."""
    for name in objectives:
        if name not in PARTS:
            raise ValueError(f'There is no objective "{name}"; known: {", ".join(PARTS)}.')
    longest = max(len(PARTS[name]) for name in objectives)
    return [part for name in objectives for part in PARTS[name] * (longest // len(PARTS[name]))]


def row_length(objective: str, context: int) -> int:
    """How many tokens of text a sequence of `context` holds."""
    return corruptible_length(context) if objective == "sc" else context + 1


def apply_objective(objective: str, rows: np.ndarray, context: int, rng: np.random.Generator) -> Batch:
    """rows: int32 [n, row_length(objective, context)]"""
    if objective == "clm":
        return causal_lm(rows)
    if objective == "plm":
        return prefix_lm(rows, rng)
    return span_corruption(rows, context, rng)


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


# ---- Span corruption -----------------------------------------------------------------------


def span_corruption(rows: np.ndarray, context: int, rng: np.random.Generator) -> Batch:
    length = rows.shape[1]
    noise, spans = noise_counts(length)
    masks = np.stack([noise_mask(length, noise, spans, rng) for _ in range(len(rows))])
    read = corrupted(rows, masks)
    edge = np.ones((len(rows), 1), np.int32)
    parts = [read, edge * SEPARATOR, hidden_spans(rows, masks), edge * DOCUMENT]
    sequence = np.concatenate(parts, axis=1).astype(np.int32)
    return _target_only(sequence, read.shape[1] + 1, context)


def noise_counts(length: int) -> tuple[int, int]:
    """How many tokens of a text of `length` are hidden, in how many spans."""
    noise = min(max(round(length * NOISE_DENSITY), 1), length - 1)
    spans = min(max(round(noise / MEAN_SPAN), 1), SENTINELS, length - noise)
    return noise, spans


def corruptible_length(context: int) -> int:
    """The longest text whose corrupted form and target fit into `context` + 1 tokens."""
    for length in range(context + 1, 1, -1):
        _, spans = noise_counts(length)
        if length + 2 * spans + 2 <= context + 1:
            return length
    raise ValueError(f"A context of {context} tokens is too short for span corruption; use at least 8.")


def noise_mask(length: int, noise: int, spans: int, rng: np.random.Generator) -> np.ndarray:
    """bool [length]: kept and hidden segments in turn, cut at random as in T5's `random_spans_noise_mask`."""
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
