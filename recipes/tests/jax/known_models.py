"""Models whose every answer is known without running them."""

import math

import numpy as np

from foretune_jax.config import Model
from foretune_jax.model import Params, init_params
from foretune_measures.seeds import generator


def uniform_params(model: Model) -> Params:
    """Every logit is 0: all tokens are equally likely."""
    made = init_params(model, generator("uniform"))
    return made | {"embedding": made["embedding"] * 0}


def biased_params(model: Model, odds: dict[int, float]) -> Params:
    """All tokens have odds 1 but those of `odds`, whatever was read before (tokens with odds must
    not be)."""
    made = init_params(model, generator("biased"))
    flat = {key: value * 0 if key.endswith((".out", ".down")) else value for key, value in made.items()}
    embedding = np.zeros((model.vocabulary, model.width), np.float32)
    # The first number of every token is 1 and alone reaches the logits; its norm is sqrt(width).
    embedding[:, 1] = 1.0
    scale = np.zeros(model.width, np.float32)
    scale[1] = 1.0
    for token, factor in odds.items():
        embedding[token, 1] = 1.0 + math.log(factor) / math.sqrt(model.width)
    return flat | {"embedding": embedding, "norm": scale}
