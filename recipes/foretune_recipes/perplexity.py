"""1/perplexity on development text, causal (1/PPL-CLM) or over corrupted spans (1/PPL-SC), and bits per byte.

The reciprocal of exp(mean negative log-likelihood per ordinary token); bits per byte are the same
likelihoods over the bytes that the tokens stand for, by domain. Special tokens are neither
counted nor given any probability: a model trained on one format would else be measured on how well it
knows the format (special tokens take nearly all of an SC model's probability in plain text).
"""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from .batch import Batch
from .config import Model
from .corpus import Corpus
from .model import Params, logits
from .objectives import apply_objective, row_length
from .rows import read_rows
from .score import Score, ratio
from .scoring import ROWS
from .seeds import generator
from .text import REAL_TEXT
from .tokenizer import SPECIAL

DEVELOPMENT = sorted(REAL_TEXT)


def development_batch(corpus: Corpus, objective: str, context: int, dev_tokens: int) -> Batch:
    """The same held-out rows for all models of a study: equal parts of the DEVELOPMENT domains, in order."""
    rng = generator("development", corpus.seed, objective)
    length = row_length(objective, context)
    count = max(1, dev_tokens // (len(DEVELOPMENT) * length))
    pools = [corpus.pool(domain, "dev", count * length) for domain in DEVELOPMENT]
    rows = np.concatenate([read_rows(pool, length, count, rng) for pool in pools])
    return apply_objective(objective, rows, context, rng)


def bits_per_byte(nats: np.ndarray, batch: Batch, widths: np.ndarray) -> dict[str, Score]:
    """Of each DEVELOPMENT domain, of a batch of all of them; `widths`: bytes of each token; n: bytes."""
    bits = np.split(nats / math.log(2), len(DEVELOPMENT))
    sizes = np.split((counted(batch) * widths[batch.targets]).sum(axis=1), len(DEVELOPMENT))
    parts = zip(DEVELOPMENT, bits, sizes, strict=True)
    return {domain: Score(*ratio(bit, size), int(size.sum())) for domain, bit, size in parts}


def counted(batch: Batch) -> np.ndarray:
    """float32 [n, context]: 1 where an ordinary token is asked for."""
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
