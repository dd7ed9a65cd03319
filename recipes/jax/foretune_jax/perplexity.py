"""1/perplexity on development text, causal (1/PPL-CLM) or over corrupted spans (1/PPL-SC), and bits
per byte.

The reciprocal of exp(mean negative log-likelihood per ordinary token); bits per byte are the same
likelihoods per byte of text, by domain. Special tokens are neither counted nor given any
probability: otherwise the result would measure how well a model knows the format (in plain text,
special tokens take nearly all of the probability of an SC model).
"""

import math
from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from foretune_measures.score import Score, ratio
from foretune_measures.seeds import generator

from .batch import Batch
from .config import Model
from .corpus import Corpus
from .elementary import Elementary
from .model import Params, logits
from .rows import read_rows
from .scoring import ROWS
from .special import SPECIAL


def development_batch(
    corpus: Corpus, part: Elementary, context: int, dev_tokens: int, domains: Sequence[str]
) -> Batch:
    """The same held-out rows for all models of a study: equal parts from the domains, in order."""
    rng = generator("development", corpus.seed, part.name)
    length = part.row_length(context)
    count = max(1, dev_tokens // (len(domains) * length))
    pools = [corpus.pool(domain, "dev", count * length) for domain in domains]
    rows = np.concatenate([read_rows(pool, length, count, rng) for pool in pools])
    return part.apply(rows, context, rng)


def bits_per_byte(
    nats: np.ndarray, batch: Batch, widths: np.ndarray, domains: Sequence[str]
) -> dict[str, Score]:
    """One score per domain, for a batch with equal parts of all domains; `widths`: bytes of each
    token; n: bytes."""
    bits = np.split(nats / math.log(2), len(domains))
    sizes = np.split((counted(batch) * widths[batch.targets]).sum(axis=1), len(domains))
    parts = zip(domains, bits, sizes, strict=True)
    return {domain: Score(*ratio(bit, size), int(size.sum())) for domain, bit, size in parts}


def counted(batch: Batch) -> np.ndarray:
    """float32 [n, context]: 1 where an ordinary token is predicted."""
    return batch.weights * (batch.targets >= len(SPECIAL))


def row_losses(params: Params, model: Model, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Each row's summed negative log-likelihood (nats) and number of ordinary tokens."""
    asked = counted(batch)
    losses = []
    for at in range(0, len(batch), ROWS):
        index = np.arange(at, at + ROWS) % len(batch)
        part = batch.take(index)
        found = summed_losses(params, part.inputs, part.targets, part.prefix, asked[index], model=model)
        losses.append(np.asarray(found)[: len(batch) - at])
    return np.concatenate(losses).astype(np.float64), asked.sum(axis=1)


@partial(jax.jit, static_argnames="model")
def summed_losses(params, inputs, targets, prefix, counted, *, model):
    scores = logits(params, model, inputs, prefix)
    ordinary = jnp.where(jnp.arange(model.vocabulary) >= len(SPECIAL), scores, -jnp.inf)
    top = jax.nn.logsumexp(ordinary, axis=-1)
    hit = jnp.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
    return jnp.sum((top - hit) * counted, axis=-1)
