"""What a pre-training run reads: the objectives and domains that it was asked for, in their
shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs import MODEL, SEED

from foretune_jax.batch import Batch
from foretune_jax.config import Pretrain
from foretune_jax.corpus import Corpus
from foretune_jax.curves import CURVE_STEPS, loss_rows, rate_rows, refuse_divergence
from foretune_jax.special import MODE_R, MODE_S, MODE_X, SEPARATOR
from foretune_jax.training_data import quotas, training_data

ROWS = 120


def data_of(corpus: Corpus, objective: str | list[str], mixture: dict[str, float], **changes: int) -> Batch:
    config = {"model": MODEL, "seed": SEED, "objective": objective, "mixture": mixture, "lr": 0.001}
    return training_data(corpus, Pretrain.read(config | {"train_tokens": 1} | changes), ROWS)


def counts(batch: Batch) -> dict[str, int]:
    """Rows by objective, recognized by their shape."""
    corrupted = (batch.inputs == SEPARATOR).any(axis=1)
    given_prefix = (batch.prefix > 0) & ~corrupted
    plain = int((batch.prefix == 0).sum())
    return {"sc": int(corrupted.sum()), "plm": int(given_prefix.sum()), "clm": plain}


@pytest.mark.parametrize(
    ("objectives", "expected"),
    [
        (["clm"], {"sc": 0, "plm": 0, "clm": ROWS}),
        (["sc"], {"sc": ROWS, "plm": 0, "clm": 0}),
        (["plm"], {"sc": 0, "plm": ROWS, "clm": 0}),
        (["sc+clm"], {"sc": ROWS // 2, "plm": 0, "clm": ROWS // 2}),
        (["clm", "plm", "sc"], {"sc": ROWS // 3, "plm": ROWS // 3, "clm": ROWS // 3}),
        (["ul2r"], {"sc": ROWS // 2, "plm": ROWS // 2, "clm": 0}),
        (["ul2r+clm"], {"sc": ROWS // 4, "plm": ROWS // 4, "clm": ROWS // 2}),
    ],
)
def test_objectives_have_equal_shares(corpus: Corpus, objectives: list[str], expected: dict[str, int]):
    assert counts(data_of(corpus, objectives, {"world": 0.7, "code": 0.3})) == expected


def test_ul2_rows_open_with_a_mode_in_equal_parts(corpus: Corpus):
    batch = data_of(corpus, ["ul2"], {"world": 0.7, "code": 0.3})
    parts = {MODE_R: 2 / 7, MODE_X: 4 / 7, MODE_S: 1 / 7}
    found = {mode: int((batch.inputs[:, 0] == mode).sum()) for mode in parts}
    assert sum(found.values()) == ROWS
    assert all(abs(found[mode] - share * ROWS) < 4 for mode, share in parts.items())


def test_domains_have_the_shares_of_the_mixture(corpus: Corpus):
    batch = data_of(corpus, ["clm"], {"world": 0.25, "code": 0.75})
    texts = [corpus.tokenizer.decode(row) for row in batch.inputs]
    names = set(corpus.world.names.known) | set(corpus.world.names.fresh["text"])
    occurrences = sum(any(name in text for name in names) for text in texts)
    assert abs(occurrences - ROWS // 4) <= 3  # a name may by chance be part of a word of code


def test_a_mixture_is_the_same_however_its_domains_are_listed(corpus: Corpus):
    one = data_of(corpus, ["clm"], {"world": 0.25, "code": 0.75})
    other = data_of(corpus, ["clm"], {"code": 0.75, "world": 0.25})
    assert np.array_equal(one.inputs, other.inputs)


def test_a_domain_that_there_is_not_is_named(corpus: Corpus):
    with pytest.raises(ValueError, match=r'"poems"; known: code, docs, encyclopedia'):
        data_of(corpus, ["clm"], {"world": 0.5, "poems": 0.5})


def test_text_is_mostly_about_the_volume_that_is_asked_for(corpus: Corpus):
    def occurrences(read: int, volume: int) -> int:
        batch = data_of(corpus, ["clm"], {"world": 1.0}, volume=read)
        text = " ".join(corpus.tokenizer.decode(row) for row in batch.inputs)
        names = [person.name for person in corpus.world.people if person.volume == volume]
        return sum(text.count(f" {name} ") for name in names)

    assert occurrences(1, 1) > 2 * occurrences(1, 2)
    assert occurrences(2, 2) > 2 * occurrences(2, 1)


def test_data_are_decided_by_the_seed(corpus: Corpus):
    mixture = {"world": 0.5, "glosses": 0.5}
    first, again = (data_of(corpus, ["sc+clm"], mixture) for _ in range(2))
    other = data_of(corpus, ["sc+clm"], mixture, seed=SEED + 1)
    assert all(map(np.array_equal, vars(first).values(), vars(again).values()))
    assert not np.array_equal(first.inputs, other.inputs)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(lambda w: sum(w) > 0.01),
    total=st.integers(0, 1000),
)
def test_shares_add_up_and_none_is_a_whole_row_off(weights: list[float], total: int):
    shares = quotas(weights, total)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - weight / sum(weights) * total) < 1 + 1e-6


def test_curves_hold_mean_losses_and_count_the_tokens_before():
    losses = np.arange(2.5 * CURVE_STEPS).tolist()
    loss = loss_rows(losses, 1000, 64)
    ends = [CURVE_STEPS, 2 * CURVE_STEPS, len(losses)]
    assert [row["step"] for row in loss] == ends
    assert [row["tokens"] for row in loss] == [1000 + 64 * end for end in ends]
    means = [np.mean(part) for part in np.split(np.array(losses), ends[:2])]
    assert [row["value"] for row in loss] == pytest.approx(means)
    rates = rate_rows(np.linspace(0.025, 0.001, len(losses)), 1000, 64)
    assert [row["value"] for row in rates] == pytest.approx([0.016, 0.006, 0.001])
    assert loss_rows([], 0, 64) == []


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_training_that_diverged_ends_and_names_the_step(loss: float):
    refuse_divergence([2.0, 1.0])
    with pytest.raises(ValueError, match=f"loss is {loss} at step 3: training diverged"):
        refuse_divergence([2.0, 1.0, loss, 1.0])
