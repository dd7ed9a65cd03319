"""Objectives against slow references, and the numbers that papers give for them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import causal_example, is_sentinel, prefix_weights, restored, span_example

from foretune_jax.batch import Batch
from foretune_jax.elementary import Spans, parts_of
from foretune_jax.registry import objectives
from foretune_jax.sequences import PREFIX_RANGE
from foretune_jax.span_corruption import span_corruption
from foretune_jax.special import (
    DOCUMENT,
    FIRST_SENTINEL,
    MODE_R,
    MODE_S,
    MODE_X,
    PAD,
    SENTINELS,
    SEPARATOR,
    SPECIAL,
)
from foretune_measures.seeds import generator
from foretune_measures.spans import Corruption, noise_counts, noise_mask

BY_NAME = {part.name: part for module in objectives().values() for part in module.PARTS}
CORRUPTIONS = {name: part.corruption for name, part in BY_NAME.items() if isinstance(part, Spans)}
contexts = st.integers(8, 96)
seeds = st.integers(0, 2**32)
checked = settings(max_examples=60, deadline=None, derandomize=True)
SPANS = sorted(CORRUPTIONS)
ELEMENTARY = ["clm", "plm", "plm-s", *SPANS]
# Written down from the papers: density, mean span and mode token.
PUBLISHED = {
    "sc": (0.15, 3, None),
    "r3": (0.15, 3, MODE_R),
    "r8": (0.15, 8, MODE_R),
    "x3": (0.5, 3, MODE_X),
    "x8": (0.5, 8, MODE_X),
    "x32": (0.5, 32, MODE_X),
    "x64": (0.5, 64, MODE_X),
    "x64-sparse": (0.15, 64, MODE_X),
}


def mode_of(part: str) -> list[int]:
    mode = PUBLISHED[part][2]
    return [] if mode is None else [mode]


def text_rows(objective: str, context: int, count: int, seed: int) -> np.ndarray:
    """Ordinary tokens only, no two alike in a row, so that nothing fits by chance."""
    length = BY_NAME[objective].row_length(context)
    numbers = generator("test rows", seed).permuted(np.tile(np.arange(length), (count, 1)), axis=1)
    return (numbers + len(SPECIAL)).astype(np.int32)


def batch_of(objective: str, context: int, seed: int, count: int = 4) -> tuple[np.ndarray, Batch]:
    rows = text_rows(objective, context, count, seed)
    return rows, BY_NAME[objective].apply(rows, context, generator("test", seed))


@pytest.mark.parametrize("objective", ELEMENTARY)
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


@checked
@given(context=contexts, seed=seeds)
def test_plm_with_a_mode_is_plm_behind_its_token(context: int, seed: int):
    rows, batch = batch_of("plm-s", context, seed)
    assert rows.shape[1] == context
    for i, row in enumerate(rows):
        inputs, targets, _ = causal_example([MODE_S, *row.tolist()])
        assert (batch.inputs[i].tolist(), batch.targets[i].tolist()) == (inputs, targets)
        assert batch.weights[i].tolist() == prefix_weights(context, batch.prefix[i])
        assert batch.prefix[i] >= 2  # the token and something to read


def test_plm_draws_all_prefix_lengths_of_its_range():
    _, batch = batch_of("plm", 10, seed=1, count=400)
    low, high = (round(share * 10) for share in PREFIX_RANGE)
    assert set(batch.prefix.tolist()) == set(range(low, high + 1))


# ---- Span corruption -----------------------------------------------------------------------


def test_a_hand_made_text_is_corrupted_as_written_here():
    """Six of twelve tokens in two spans; where they lie is the generator's, what follows from it is
    not."""
    text = np.arange(100, 112, dtype=np.int32)[None]
    batch = span_corruption(text, Corruption(0.5, 3, MODE_X), 20, generator("hand"))
    row = [*batch.inputs[0].tolist(), int(batch.targets[0, -1])]
    first, second = FIRST_SENTINEL, FIRST_SENTINEL + 1
    a, b = row.index(first), row.index(second)
    edge = row.index(SEPARATOR)
    hidden = row[edge + 1 : row.index(DOCUMENT)]
    one, two = hidden[1 : hidden.index(second)], hidden[hidden.index(second) + 1 :]
    assert row[0] == MODE_X
    assert hidden[0] == first
    assert row[1:a] + one + row[a + 1 : b] + two + row[b + 1 : edge] == list(range(100, 112))
    assert len(one) + len(two) == 6
    assert batch.prefix[0] == edge + 1 == 10
    assert batch.weights[0].tolist() == [0.0] * edge + [1.0] * 9 + [0.0] * (20 - edge - 9)


@pytest.mark.parametrize("part", SPANS)
@checked
@given(context=contexts, seed=seeds)
def test_span_corruption_equals_the_slow_reference(part: str, context: int, seed: int):
    rows, batch = batch_of(part, context, seed)
    for i, row in enumerate(rows):
        hidden = [int(token) not in batch.inputs[i, : batch.prefix[i]] for token in row]
        inputs, targets, weights, prefix = span_example(row.tolist(), hidden, context, mode_of(part))
        assert batch.inputs[i].tolist() == inputs
        assert batch.targets[i].tolist() == targets
        assert batch.weights[i].tolist() == weights
        assert batch.prefix[i] == prefix


@pytest.mark.parametrize("part", SPANS)
@checked
@given(context=contexts, seed=seeds)
def test_span_corruption_loses_nothing_of_the_text(part: str, context: int, seed: int):
    rows, batch = batch_of(part, context, seed)
    for i, row in enumerate(rows):
        found = restored(batch.inputs[i].tolist(), batch.targets[i].tolist(), mode_of(part))
        assert found == row.tolist()


@pytest.mark.parametrize("part", SPANS)
@checked
@given(context=st.integers(8, 300), seed=seeds)
def test_each_sentinel_is_used_once_and_in_order(part: str, context: int, seed: int):
    _, batch = batch_of(part, context, seed)
    for i in range(len(batch)):
        read = [t for t in batch.inputs[i, : batch.prefix[i]].tolist() if is_sentinel(t)]
        said = [t for t in batch.targets[i][batch.weights[i] > 0].tolist() if is_sentinel(t)]
        assert read == said == sorted(set(read))
        assert 1 <= len(read) <= SENTINELS


@pytest.mark.parametrize("part", SPANS)
@checked
@given(context=contexts, seed=seeds)
def test_padding_is_never_asked_for(part: str, context: int, seed: int):
    _, batch = batch_of(part, context, seed)
    assert (batch.targets[batch.weights > 0] != PAD).all()
    assert (batch.weights[batch.targets == PAD] == 0).all()


def test_corruptions_are_those_of_the_papers():
    assert {part: (c.density, c.mean_span, c.mode) for part, c in CORRUPTIONS.items()} == PUBLISHED


@pytest.mark.parametrize(
    ("part", "length", "expected"),
    [
        # Counted by hand: 15 of 100 tokens in 5 spans, 30 of 200 in 10.
        ("sc", 100, (15, 5)),
        ("sc", 200, (30, 10)),
        ("r8", 100, (15, 2)),
        ("x3", 40, (20, 7)),
        ("x8", 40, (20, 2)),
        # A mean span that the text cannot hold: one span, as long as the density says.
        ("x64", 60, (30, 1)),
        ("x32", 60, (30, 1)),
        ("x64-sparse", 60, (9, 1)),
        # More spans than sentinels: longer ones.
        ("x3", 300, (150, SENTINELS)),
        # Of three tokens the middle one.
        ("x64", 3, (1, 1)),
    ],
)
def test_what_is_hidden_follows_from_density_and_mean_span(part: str, length: int, expected: tuple[int, int]):
    assert noise_counts(CORRUPTIONS[part], length, SENTINELS) == expected


@pytest.mark.parametrize("part", SPANS)
@checked
@given(length=st.integers(3, 400), seed=seeds)
def test_noise_masks_hide_what_was_counted(part: str, length: int, seed: int):
    corruption = CORRUPTIONS[part]
    noise, spans = noise_counts(corruption, length, SENTINELS)
    mask = noise_mask(length, noise, spans, generator("mask", seed))
    begins = sum(mask[i] and (i == 0 or not mask[i - 1]) for i in range(length))
    assert (len(mask), int(mask.sum()), begins) == (length, noise, spans)
    assert not mask[0]
    assert abs(noise - corruption.density * length) <= 1


def test_a_single_span_lies_anywhere_between_two_kept_tokens():
    rng = generator("single")
    masks = [noise_mask(10, 4, 1, rng) for _ in range(400)]
    assert {int(mask.argmax()) for mask in masks} == set(range(1, 6))
    assert not any(mask[0] or mask[-1] for mask in masks)


def test_places_far_from_the_ends_are_hidden_equally_often():
    length, draws = 60, 4000
    noise, spans = noise_counts(CORRUPTIONS["sc"], length, SENTINELS)
    rng = generator("places")
    share = np.mean([noise_mask(length, noise, spans, rng) for _ in range(draws)], axis=0)
    assert share[0] == 0  # the first segment is a kept one
    assert abs(share[10:50] - noise / length).max() < 0.06


@pytest.mark.parametrize("part", SPANS)
@checked
@given(context=contexts)
def test_span_corruption_reads_the_longest_text_that_fits(part: str, context: int):
    def needed(length: int) -> int:
        return length + 2 * noise_counts(CORRUPTIONS[part], length, SENTINELS)[1] + 2 + len(mode_of(part))

    length = BY_NAME[part].row_length(context)
    assert needed(length) <= context + 1 < needed(length + 1)


@pytest.mark.parametrize("part", SPANS)
def test_a_context_that_holds_nothing_is_refused(part: str):
    with pytest.raises(ValueError, match="too short for span corruption"):
        BY_NAME[part].row_length(5)


# ---- Mixtures of objectives ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("objectives", "parts"),
    [
        (["clm"], {"clm": 1}),
        (["sc+clm"], {"sc": 1, "clm": 1}),
        (["clm", "plm", "sc"], {"clm": 1, "plm": 1, "sc": 1}),
        (["plm", "sc+clm"], {"plm": 2, "sc": 1, "clm": 1}),
        (["clm", "sc+clm"], {"clm": 3, "sc": 1}),
        (["ul2r"], {"plm-s": 2, "r3": 1, "x32": 1}),
        (["ul2r+clm"], {"plm-s": 2, "r3": 1, "x32": 1, "clm": 4}),
    ],
)
def test_objectives_share_equally_whatever_they_are_made_of(objectives: list[str], parts: dict[str, int]):
    assert {part.name: share for part, share in parts_of(objectives).items()} == parts


def test_ul2_is_six_span_corruptions_and_plm_in_equal_parts():
    parts = {part.name: share for part, share in parts_of(["ul2"]).items()}
    assert set(parts.values()) == {1}
    settings = {(c.mean_span, c.density) for part in parts if (c := CORRUPTIONS.get(part))}
    assert settings == {(3, 0.15), (8, 0.15), (3, 0.5), (8, 0.5), (64, 0.15), (64, 0.5)}
    assert len(parts) == 7 and "plm-s" in parts


@pytest.mark.parametrize("mixed", ["sc+clm", "ul2r+clm"])
def test_half_of_what_is_mixed_with_clm_is_clm(mixed: str):
    parts = {part.name: share for part, share in parts_of([mixed]).items()}
    assert Fraction(parts["clm"], sum(parts.values())) == Fraction(1, 2)


def test_every_part_of_an_objective_can_be_made():
    assert set(BY_NAME) == set(ELEMENTARY)


def test_an_unknown_objective_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r'no objective "mlm"; known: clm, plm, sc, sc\+clm, ul2'):
        parts_of(["clm", "mlm"])


@pytest.mark.parametrize("objective", ["plm", "sc", "plm-s", "x64", "x3"])
def test_objectives_are_decided_by_their_generator_alone(objective: str):
    def made(seed: int) -> list[np.ndarray]:
        rows = text_rows(objective, 64, 8, 0)
        return list(vars(BY_NAME[objective].apply(rows, 64, generator("test", seed))).values())

    assert all(map(np.array_equal, made(1), made(1)))
    assert not all(map(np.array_equal, made(1), made(2)))
