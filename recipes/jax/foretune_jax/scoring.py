"""How likely given answers are under a model: the forward pass of k-shot scores and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from .batch import Batch
from .config import Model
from .model import Params, logits
from .special import DOCUMENT, PAD
from .tokenizer import Tokenizer

ROWS = 64
LENGTH_STEP = 32


@dataclass(frozen=True)
class Answer:
    """The score of one answer; `exact`: greedy decoding would have produced it."""

    log_likelihood: float
    tokens: int
    exact: bool


@partial(jax.jit, static_argnames="model")
def token_scores(params, inputs, targets, prefix, *, model):
    """Each target's log-probability, and whether it is the likeliest token: [rows, t] each."""
    scores = jax.nn.log_softmax(logits(params, model, inputs, prefix), axis=-1)
    picked = jnp.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
    return picked, picked >= jnp.max(scores, axis=-1)


def score_answers(
    params: Params, model: Model, tokenizer: Tokenizer, prompts: Sequence[str], answers: Sequence[str]
) -> list[Answer]:
    batch = answer_batch(tokenizer, prompts, answers, model.context)
    found, likeliest = _all_scores(params, model, batch)
    asked = batch.weights > 0
    return [
        Answer(float(row[ask].sum()), int(ask.sum()), bool(best[ask].all()))
        for row, best, ask in zip(found, likeliest, asked, strict=True)
    ]


def _all_scores(params: Params, model: Model, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Computed in passes of ROWS rows, so that one compiled program serves any number of items."""
    found, likeliest = [], []
    for at in range(0, len(batch), ROWS):
        part = batch.take(np.arange(at, at + ROWS) % len(batch))
        scores = token_scores(params, part.inputs, part.targets, part.prefix, model=model)
        kept = min(ROWS, len(batch) - at)
        found.append(np.asarray(scores[0])[:kept])
        likeliest.append(np.asarray(scores[1])[:kept])
    return np.concatenate(found), np.concatenate(likeliest)


def answer_batch(
    tokenizer: Tokenizer, prompts: Sequence[str], answers: Sequence[str], context: int, *, whole: bool = False
) -> Batch:
    """One row per answer: start token, prompt, answer; weight 1 where the answer is predicted.

    Rows have the length of the longest, rounded up to LENGTH_STEP: questions are short, and padding
    costs as much as text. If `whole`, rows are as long as the context.
    """
    asked = tokenizer.encode_batch(list(prompts))
    encoded = tokenizer.encode_batch(list(answers))
    sequences = [[DOCUMENT, *prompt, *answer] for prompt, answer in zip(asked, encoded, strict=True)]
    length = context if whole else _fitting_length(max(map(len, sequences)) - 1, context)
    rows = np.full((len(asked), length + 1), PAD, np.int32)
    weights = np.zeros((len(asked), length), np.float32)
    for i, sequence in enumerate(sequences):
        if len(sequence) > context + 1:
            raise ValueError(
                f'"{prompts[i]}{answers[i]}" has {len(sequence)} tokens, the context holds {context}: '
                "raise model.context."
            )
        rows[i, : len(sequence)] = sequence
        weights[i, len(asked[i]) : len(sequence) - 1] = 1.0
    return Batch(rows[:, :-1], rows[:, 1:], weights, np.zeros(len(rows), np.int32))


def _fitting_length(needed: int, context: int) -> int:
    return min(context, -(-needed // LENGTH_STEP) * LENGTH_STEP)
