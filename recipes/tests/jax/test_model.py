"""What a position of the model may see, and numbers counted by hand."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foretune_jax.config import Model
from foretune_jax.model import (
    Params,
    attention_mask,
    init_params,
    logits,
    parameter_count,
    rotate,
    training_flops,
)
from foretune_measures.seeds import generator

MODEL = Model(layers=2, width=16, heads=2, context=12, vocabulary=40)
PREFIX = 5


@pytest.fixture(scope="module")
def params() -> Params:
    return init_params(MODEL, generator("test model"))


def scores(params: Params, tokens: np.ndarray, prefix: int) -> np.ndarray:
    return np.asarray(logits(params, MODEL, tokens[None], np.array([prefix], np.int32)))[0]


def tokens_with(changed: int | None = None) -> np.ndarray:
    tokens = generator("test tokens").integers(0, MODEL.vocabulary, MODEL.context)
    if changed is not None:
        tokens[changed] = (tokens[changed] + 1) % MODEL.vocabulary
    return tokens


def moved(params: Params, changed: int, prefix: int) -> list[bool]:
    """Which positions' logits notice that one token is another."""
    before, after = scores(params, tokens_with(), prefix), scores(params, tokens_with(changed), prefix)
    return [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize("changed", range(MODEL.context))
def test_without_a_prefix_a_token_is_seen_from_itself_on(params: Params, changed: int):
    assert moved(params, changed, 0) == [t >= changed for t in range(MODEL.context)]


@pytest.mark.parametrize("changed", range(MODEL.context))
def test_a_token_of_the_prefix_is_seen_by_all_others_only_by_later_ones(params: Params, changed: int):
    expected = [t >= changed or (changed < PREFIX and t < PREFIX) for t in range(MODEL.context)]
    assert moved(params, changed, PREFIX) == expected


@pytest.mark.parametrize("prefix", [0, 1, 5, 12])
def test_the_attention_mask_is_what_its_words_say(prefix: int):
    mask = attention_mask(12, jnp.array([prefix]))[0, 0]
    for query in range(12):
        for key in range(12):
            assert bool(mask[query, key]) == (key <= query or (key < prefix and query < prefix))


def test_rows_of_a_batch_do_not_see_each_other(params: Params):
    rows = np.stack([tokens_with(), tokens_with(0)])
    both = np.asarray(logits(params, MODEL, rows, np.array([0, PREFIX], np.int32)))
    np.testing.assert_allclose(both[0], scores(params, rows[0], 0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(both[1], scores(params, rows[1], PREFIX), rtol=1e-5, atol=1e-6)


def test_logits_equal_a_plain_numpy_forward_pass(params: Params):
    found = scores(params, tokens_with(), PREFIX)
    np.testing.assert_allclose(found, plain_logits(params, tokens_with(), PREFIX), rtol=2e-4, atol=2e-5)


def plain_logits(params: Params, tokens: np.ndarray, prefix: int) -> np.ndarray:
    """One row, in double precision, one head and one query at a time."""
    weights = {key: np.asarray(value, np.float64) for key, value in params.items()}
    x = weights["embedding"][tokens]
    for i in range(MODEL.layers):
        layer = {key.split(".")[1]: value for key, value in weights.items() if key.startswith(f"layer{i}.")}
        qkv = plain_norm(x, layer["attention_norm"]) @ layer["qkv"]
        x = x + plain_attention(qkv, layer["kv_shift"], prefix) @ layer["out"]
        hidden = plain_norm(x, layer["mlp_norm"]) @ layer["up"]
        x = x + np.maximum(hidden, 0.0) ** 2 @ layer["down"]
    return plain_norm(x, weights["norm"]) @ weights["embedding"].T


def plain_norm(x: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * scale


def plain_attention(qkv: np.ndarray, kv_shift: np.ndarray, prefix: int) -> np.ndarray:
    q, k, v = np.split(qkv, 3, axis=1)
    k, v = (plain_shift(x, shares) for x, shares in zip((k, v), kv_shift, strict=True))
    size = MODEL.width // MODEL.heads
    mixed = np.zeros_like(v)
    for head in range(MODEL.heads):
        part = slice(head * size, (head + 1) * size)
        for query in range(len(qkv)):
            seen = [t for t in range(len(qkv)) if t <= query or max(t, query) < prefix]
            turned = [turn(k[t, part], t) @ turn(q[query, part], query) / size**0.5 for t in seen]
            shares = np.exp(turned) / np.exp(turned).sum()
            mixed[query, part] = shares @ v[seen, part]
    return mixed


def plain_shift(x: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Each head's numbers at t become (1 - share) of their own and share of those at t - 1."""
    shifted = np.zeros_like(x)
    for t in range(len(x)):
        own, before = np.split(x[t], len(shares)), np.split(x[t - 1] * (t > 0), len(shares))
        shifted[t] = np.concatenate(
            [(1 - share) * a + share * b for share, a, b in zip(shares, own, before, strict=True)]
        )
    return shifted


def turn(x: np.ndarray, at: int) -> np.ndarray:
    """Pair (i, i + half) turned by the angle at / 10000^(2i / size), as complex numbers."""
    half = len(x) // 2
    turned = (x[:half] + 1j * x[half:]) * np.exp(1j * at * 10_000.0 ** (-2 * np.arange(half) / len(x)))
    return np.concatenate([turned.real, turned.imag])


def test_rotary_products_depend_on_the_distance_alone():
    rng = generator("rotary")
    q, k = (np.tile(rng.normal(size=8), (20, 1)).astype(np.float32) for _ in range(2))
    products = np.asarray(rotate(jnp.asarray(q)) @ rotate(jnp.asarray(k)).T)
    for distance in range(-19, 20):
        along = np.diagonal(products, distance)
        np.testing.assert_allclose(along, along[0], atol=1e-4)


# ---- Counts --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [MODEL, Model(layers=3, width=24, heads=3, context=8, vocabulary=300)])
def test_weights_are_counted_right(model: Model):
    made = init_params(model, generator("count"))
    assert parameter_count(model) == sum(leaf.size for leaf in jax.tree.leaves(made))


def test_training_flops_by_hand():
    # 3 x 2 per weight of a matrix product: 40 x 16 of the logits, 2 layers x 12 x 16 x 16;
    # attention multiplies queries by keys and shares by values: 2 x 2 layers x 12 x 16.
    assert training_flops(MODEL, 10) == 6 * (640 + 6144 + 768) * 10
    assert training_flops(replace(MODEL, layers=4), 10) == 6 * (640 + 2 * (6144 + 768)) * 10


def test_weights_are_decided_by_their_generator_alone():
    def drawn(name: str) -> np.ndarray:
        return np.asarray(init_params(MODEL, generator(name))["layer1.qkv"])

    assert np.array_equal(drawn("a"), drawn("a"))
    assert not np.array_equal(drawn("a"), drawn("b"))


def test_a_width_that_rotary_positions_cannot_turn_is_refused():
    with pytest.raises(ValueError, match="width 18 must be a multiple"):
        Model(layers=1, width=18, heads=2, context=8, vocabulary=300)
