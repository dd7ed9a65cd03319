"""A decoder-only transformer: RMSNorm, rotary positions, shifted keys and values, squared-ReLU MLP,
tied embeddings.

Layers are unrolled and attention is written out: on a CPU both train faster than a scan and a fused
kernel. All numbers are float32.
"""

from math import prod

import jax
import jax.numpy as jnp
import numpy as np

from .config import Model

Params = dict[str, jax.Array]
ROTARY_BASE = 10_000.0
MLP_FACTOR = 4
EPSILON = 1e-6
# Weights that map one vector to another, by the ends of their names.
MATRICES = (".qkv", ".out", ".up", ".down")


def init_params(model: Model, rng: np.random.Generator) -> Params:
    """Normal(0, 0.02) weights; weights that write to the residual stream are scaled down by the
    depth."""
    d, hidden = model.width, MLP_FACTOR * model.width
    residual = 0.02 / (2 * model.layers) ** 0.5

    def normal(shape: tuple[int, ...], scale: float) -> jax.Array:
        return jnp.asarray(rng.normal(0.0, scale, shape), jnp.float32)

    params = {"embedding": normal((model.vocabulary, d), 0.02), "norm": jnp.ones(d)}
    for i in range(model.layers):
        params |= {
            f"layer{i}.attention_norm": jnp.ones(d),
            f"layer{i}.qkv": normal((d, 3 * d), d**-0.5),
            f"layer{i}.kv_shift": jnp.asarray(rng.uniform(0.0, 1.0, (2, model.heads)), jnp.float32),
            f"layer{i}.out": normal((d, d), residual),
            f"layer{i}.mlp_norm": jnp.ones(d),
            f"layer{i}.up": normal((d, hidden), d**-0.5),
            f"layer{i}.down": normal((hidden, d), residual),
        }
    return params


def hidden_states(params: Params, model: Model, tokens: jax.Array, prefix: jax.Array) -> jax.Array:
    """tokens int32 [b, t], prefix int32 [b] -> float32 [b, t, width], normalised for the logits."""
    x = params["embedding"][tokens]
    mask = attention_mask(tokens.shape[1], prefix)
    for i in range(model.layers):
        layer = {key: params[f"layer{i}.{key}"] for key in ("attention_norm", "qkv", "kv_shift", "out")}
        x = x + _attention(layer, model, _norm(x, layer["attention_norm"]), mask)
        h = _norm(x, params[f"layer{i}.mlp_norm"])
        x = x + jnp.square(jax.nn.relu(h @ params[f"layer{i}.up"])) @ params[f"layer{i}.down"]
    return _norm(x, params["norm"])


def logits(params: Params, model: Model, tokens: jax.Array, prefix: jax.Array) -> jax.Array:
    """float32 [b, t, vocabulary]"""
    return hidden_states(params, model, tokens, prefix) @ params["embedding"].T


def attention_mask(length: int, prefix: jax.Array) -> jax.Array:
    """bool [b, 1, t, t]: position q attends to k if k is not later, or if both are in the
    prefix."""
    at = jnp.arange(length)
    causal = at[None, :] <= at[:, None]
    return (causal[None] | (at[None, None, :] < prefix[:, None, None]))[:, None]


def _attention(layer: Params, model: Model, x: jax.Array, mask: jax.Array) -> jax.Array:
    b, t, d = x.shape
    size = d // model.heads
    qkv = (x @ layer["qkv"]).reshape(b, t, 3, model.heads, size).transpose(2, 0, 3, 1, 4)
    k, v = (shift(x, share) for x, share in zip(qkv[1:], layer["kv_shift"], strict=True))
    q, k = rotate(qkv[0]), rotate(k)
    scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) * size**-0.5
    weights = jax.nn.softmax(jnp.where(mask, scores, -1e9), axis=-1)
    mixed = jnp.einsum("bhqk,bhkd->bhqd", weights, v)
    return mixed.transpose(0, 2, 1, 3).reshape(b, t, d) @ layer["out"]


def shift(x: jax.Array, share: jax.Array) -> jax.Array:
    """Mixes a `share` of the previous position into each position: x [b, heads, t, size], share
    [heads].

    With shifted keys and values (arXiv 2411.19574) one layer can find what followed an earlier
    token. Otherwise two layers must cooperate, and whether they learn to within a short training
    depends on the seed.
    """
    before = jnp.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    share = share[:, None, None]
    return (1.0 - share) * x + share * before


def rotate(x: jax.Array) -> jax.Array:
    """Rotary positions (arXiv 2104.09864) on the last two axes [t, size]."""
    t, size = x.shape[-2:]
    frequencies = ROTARY_BASE ** (-np.arange(0, size, 2) / size)
    angles = np.arange(t)[:, None] * frequencies[None, :]
    sin, cos = np.sin(angles).astype(np.float32), np.cos(angles).astype(np.float32)
    first, second = x[..., : size // 2], x[..., size // 2 :]
    return jnp.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def _norm(x: jax.Array, scale: jax.Array) -> jax.Array:
    return x * jax.lax.rsqrt(jnp.mean(jnp.square(x), axis=-1, keepdims=True) + EPSILON) * scale


def tensor_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    d, hidden = model.width, MLP_FACTOR * model.width
    shapes = {"embedding": (model.vocabulary, d), "norm": (d,)}
    for i in range(model.layers):
        shapes |= {
            f"layer{i}.attention_norm": (d,),
            f"layer{i}.qkv": (d, 3 * d),
            f"layer{i}.kv_shift": (2, model.heads),
            f"layer{i}.out": (d, d),
            f"layer{i}.mlp_norm": (d,),
            f"layer{i}.up": (d, hidden),
            f"layer{i}.down": (hidden, d),
        }
    return shapes


def parameter_count(model: Model) -> int:
    return sum(prod(shape) for shape in tensor_shapes(model).values())


def training_flops(model: Model, tokens: int) -> float:
    """FLOPs of forward and backward (three forwards): two per weight of a matrix product, plus
    attention."""
    d = model.width
    products = model.vocabulary * d + model.layers * (4 + 2 * MLP_FACTOR) * d * d
    attention = 2 * model.layers * model.context * d
    return 3.0 * 2.0 * (products + attention) * tokens
