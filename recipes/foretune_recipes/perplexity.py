"""1/perplexity on development text, causal (1/PPL-CLM) or over corrupted spans (1/PPL-SC).

The reciprocal of exp(mean negative log-likelihood per ordinary token). Special tokens are neither
counted nor given any probability: a model trained on one format would else be measured on how well it
knows the format (special tokens take nearly all of an SC model's probability in plain text).
"""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from .answers import Score
from .batch import Batch
from .config import Model
from .corpus import Corpus
from .model import Params, logits
from .objectives import apply_objective, row_length
from .rows import read_rows
from .scoring import ROWS
from .seeds import generator
from .text import REAL_TEXT
from .tokenizer import SPECIAL

Scores = tuple[np.ndarray, np.ndarray]


def inverse_perplexity(
    params: Params, model: Model, corpus: Corpus, objective: str, dev_tokens: int
) -> Score:
    batch = development_batch(corpus, objective, model.context, dev_tokens)
    return inverse_perplexity_of(params, model, batch)


def development_batch(corpus: Corpus, objective: str, context: int, dev_tokens: int) -> Batch:
    """The same held-out rows of every real domain, in equal parts, for all models of a study."""
    rng = generator("development", corpus.seed, objective)
    length = row_length(objective, context)
    count = max(1, dev_tokens // (len(REAL_TEXT) * length))
    pools = [corpus.pool(domain, "dev", count * length) for domain in sorted(REAL_TEXT)]
    rows = np.concatenate([read_rows(pool, length, count, rng) for pool in pools])
    return apply_objective(objective, rows, context, rng)


def inverse_perplexity_of(params: Params, model: Model, batch: Batch) -> Score:
    """Standard error by the delta method over rows, as tokens of one row are not independent."""
    losses, counts = row_losses(params, model, batch)
    mean = losses.sum() / counts.sum()
    spread = np.sqrt(np.sum((losses - mean * counts) ** 2)) / counts.sum()
    value = math.exp(-mean)
    return Score(value, value * float(spread), int(counts.sum()))


def row_losses(params: Params, model: Model, batch: Batch) -> Scores:
    """Each row's summed negative log-likelihood and number of ordinary tokens."""
    counted = batch.weights * (batch.targets >= len(SPECIAL))
    losses = []
    for at in range(0, len(batch), ROWS):
        index = np.arange(at, at + ROWS) % len(batch)
        part = batch.take(index)
        found = summed_losses(params, part.inputs, part.targets, part.prefix, counted[index], model=model)
        losses.append(np.asarray(found)[: len(batch) - at])
    return np.concatenate(losses).astype(np.float64), counted.sum(axis=1)


@partial(jax.jit, static_argnames="model")
def summed_losses(params, inputs, targets, prefix, counted, *, model):
    scores = logits(params, model, inputs, prefix)
    ordinary = jnp.where(jnp.arange(model.vocabulary) >= len(SPECIAL), scores, -jnp.inf)
    top = jax.nn.logsumexp(ordinary, axis=-1)
    hit = jnp.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
    return jnp.sum((top - hit) * counted, axis=-1)
