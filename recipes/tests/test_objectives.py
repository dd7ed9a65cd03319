"""Objectives against slow references, and the numbers that papers give for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import causal_example, is_sentinel, prefix_weights, restored, span_example

from foretune_recipes.objectives import (
    MEAN_SPAN,
    NOISE_DENSITY,
    PREFIX_RANGE,
    Batch,
    apply_objective,
    elementary,
    noise_counts,
    noise_mask,
    row_length,
)
from foretune_recipes.seeds import generator
from foretune_recipes.tokenizer import PAD, SENTINELS, SPECIAL

contexts = st.integers(8, 96)
seeds = st.integers(0, 2**32)
checked = settings(max_examples=60, deadline=None, derandomize=True)


def text_rows(objective: str, context: int, count: int, seed: int) -> np.ndarray:
    """Ordinary tokens only, no two alike in a row, so that nothing fits by chance."""
    length = row_length(objective, context)
    numbers = generator("test rows", seed).permuted(np.tile(np.arange(length), (count, 1)), axis=1)
    return (numbers + len(SPECIAL)).astype(np.int32)


def batch_of(objective: str, context: int, seed: int, count: int = 4) -> tuple[np.ndarray, Batch]:
    rows = text_rows(objective, context, count, seed)
    return rows, apply_objective(objective, rows, context, generator("test", seed))


@pytest.mark.parametrize("objective", ["clm", "plm", "sc"])
@checked
@given(context=contexts, seed=seeds)
def test_every_objective_gives_arrays_of_one_shape(objective: str, context: int, seed: int):
    _, batch = batch_of(objective, context, seed)
    assert batch.inputs.shape == batch.targets.shape == batch.weights.shape == (4, context)
    assert batch.inputs.dtype == batch.targets.dtype == batch.prefix.dtype == np.int32
    assert batch.weights.dtype == np.float32
    assert set(np.unique(batch.weights)) <= {0.0, 1.0}
    assert (batch.weights.sum(axis=1) > 0).all()


@checked
@given(context=contexts, seed=seeds)
def test_clm_asks_for_every_next_token(context: int, seed: int):
    rows, batch = batch_of("clm", context, seed)
    for i, row in enumerate(rows):
        inputs, targets, weights = causal_example(row.tolist())
        assert batch.inputs[i].tolist() == inputs
        assert batch.targets[i].tolist() == targets
        assert batch.weights[i].tolist() == weights
        assert batch.prefix[i] == 0


@checked
@given(context=contexts, seed=seeds)
def test_plm_asks_for_exactly_what_follows_the_prefix(context: int, seed: int):
    rows, batch = batch_of("plm", context, seed)
    low, high = PREFIX_RANGE
    for i, row in enumerate(rows):
        inputs, targets, _ = causal_example(row.tolist())
        assert (batch.inputs[i].tolist(), batch.targets[i].tolist()) == (inputs, targets)
        assert batch.weights[i].tolist() == prefix_weights(context, batch.prefix[i])
        assert round(low * context) <= batch.prefix[i] <= round(high * context)


def test_plm_draws_all_prefix_lengths_of_its_range():
    _, batch = batch_of("plm", 10, seed=1, count=400)
    low, high = (round(share * 10) for share in PREFIX_RANGE)
    assert set(batch.prefix.tolist()) == set(range(low, high + 1))


# ---- Span corruption -----------------------------------------------------------------------


@checked
@given(context=contexts, seed=seeds)
def test_sc_equals_the_slow_reference(context: int, seed: int):
    rows, batch = batch_of("sc", context, seed)
    for i, row in enumerate(rows):
        hidden = [int(token) not in batch.inputs[i, : batch.prefix[i]] for token in row]
        inputs, targets, weights, prefix = span_example(row.tolist(), hidden, context)
        assert batch.inputs[i].tolist() == inputs
        assert batch.targets[i].tolist() == targets
        assert batch.weights[i].tolist() == weights
        assert batch.prefix[i] == prefix


@checked
@given(context=contexts, seed=seeds)
def test_sc_loses_nothing_of_the_text(context: int, seed: int):
    rows, batch = batch_of("sc", context, seed)
    for i, row in enumerate(rows):
        assert restored(batch.inputs[i].tolist(), batch.targets[i].tolist()) == row.tolist()


@checked
@given(context=contexts, seed=seeds)
def test_sc_uses_each_sentinel_once_and_in_order(context: int, seed: int):
    _, batch = batch_of("sc", context, seed)
    for i in range(len(batch)):
        read = [t for t in batch.inputs[i, : batch.prefix[i]].tolist() if is_sentinel(t)]
        said = [t for t in batch.targets[i][batch.weights[i] > 0].tolist() if is_sentinel(t)]
        assert read == said == sorted(set(read))
        assert 1 <= len(read) <= SENTINELS


@checked
@given(context=contexts, seed=seeds)
def test_sc_never_asks_for_padding(context: int, seed: int):
    _, batch = batch_of("sc", context, seed)
    assert (batch.targets[batch.weights > 0] != PAD).all()
    assert (batch.weights[batch.targets == PAD] == 0).all()


def test_sc_hides_fifteen_per_cent_in_spans_of_three():
    assert (NOISE_DENSITY, MEAN_SPAN) == (0.15, 3.0)
    # Counted by hand: 15 of 100 tokens in 5 spans, 30 of 200 in 10.
    assert noise_counts(100) == (15, 5)
    assert noise_counts(200) == (30, 10)


@checked
@given(length=st.integers(2, 400), seed=seeds)
def test_noise_masks_hide_what_was_counted(length: int, seed: int):
    noise, spans = noise_counts(length)
    mask = noise_mask(length, noise, spans, generator("mask", seed))
    begins = sum(mask[i] and (i == 0 or not mask[i - 1]) for i in range(length))
    assert (len(mask), int(mask.sum()), begins) == (length, noise, spans)
    assert abs(noise - NOISE_DENSITY * length) <= max(0.5, 1 - NOISE_DENSITY * length)


def test_places_far_from_the_ends_are_hidden_equally_often():
    length, draws = 60, 4000
    noise, spans = noise_counts(length)
    rng = generator("places")
    share = np.mean([noise_mask(length, noise, spans, rng) for _ in range(draws)], axis=0)
    assert share[0] == 0  # the first segment is a kept one
    assert abs(share[10:50] - noise / length).max() < 0.06


@checked
@given(context=contexts)
def test_sc_reads_the_longest_text_that_fits(context: int):
    def needed(length: int) -> int:
        return length + 2 * noise_counts(length)[1] + 2

    length = row_length("sc", context)
    assert needed(length) <= context + 1 < needed(length + 1)


def test_sc_refuses_a_context_that_holds_nothing():
    with pytest.raises(ValueError, match="too short for span corruption"):
        row_length("sc", 4)


# ---- Mixtures of objectives ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("objectives", "parts"),
    [
        (["clm"], ["clm"]),
        (["sc+clm"], ["sc", "clm"]),
        (["clm", "plm", "sc"], ["clm", "plm", "sc"]),
        (["plm", "sc+clm"], ["plm", "plm", "sc", "clm"]),
    ],
)
def test_objectives_share_equally_whatever_they_are_made_of(objectives: list[str], parts: list[str]):
    assert elementary(objectives) == parts


def test_an_unknown_objective_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r'no objective "mlm"; known: clm, sc, plm, sc\+clm'):
        elementary(["clm", "mlm"])


@pytest.mark.parametrize("objective", ["plm", "sc"])
def test_objectives_are_decided_by_their_generator_alone(objective: str):
    def made(seed: int) -> list[np.ndarray]:
        rows = text_rows(objective, 64, 8, 0)
        return list(vars(apply_objective(objective, rows, 64, generator("test", seed))).values())

    assert all(map(np.array_equal, made(1), made(1)))
    assert not all(map(np.array_equal, made(1), made(2)))
