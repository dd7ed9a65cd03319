"""Perplexities that are known beforehand."""

import math

import numpy as np
import pytest
from known_models import biased_params, uniform_params

from foretune_jax.batch import Batch
from foretune_jax.config import Model
from foretune_jax.corpus import Corpus
from foretune_jax.elementary import CLM
from foretune_jax.model import Params
from foretune_jax.perplexity import (
    bits_per_byte,
    development_batch,
    row_losses,
)
from foretune_jax.scoring import ROWS
from foretune_jax.special import SPECIAL
from foretune_measures.score import Score, inverse_perplexity
from foretune_measures.seeds import generator

DEVELOPMENT = ["code", "docs", "prose"]

MODEL = Model(layers=1, width=8, heads=1, context=10, vocabulary=50)
ORDINARY = MODEL.vocabulary - len(SPECIAL)


def batch_of(targets: np.ndarray, weights: np.ndarray | None = None) -> Batch:
    inputs = np.full(targets.shape, len(SPECIAL), np.int32)
    asked = np.ones(targets.shape, np.float32) if weights is None else weights.astype(np.float32)
    return Batch(inputs, targets.astype(np.int32), asked, np.zeros(len(targets), np.int32))


def inverse_perplexity_of(params: Params, model: Model, batch: Batch) -> Score:
    return inverse_perplexity(*row_losses(params, model, batch))


def ordinary_targets(rows: int) -> np.ndarray:
    return generator("targets").integers(len(SPECIAL), MODEL.vocabulary, (rows, MODEL.context))


@pytest.mark.parametrize("rows", [1, 5, ROWS, ROWS + 3])
def test_a_uniform_model_is_as_perplexed_as_there_are_ordinary_tokens(rows: int):
    score = inverse_perplexity_of(uniform_params(MODEL), MODEL, batch_of(ordinary_targets(rows)))
    assert score.value == pytest.approx(1 / ORDINARY, rel=1e-5)
    assert score.stderr == pytest.approx(0, abs=1e-6)
    assert score.n == rows * MODEL.context


def test_special_targets_are_not_counted():
    targets = ordinary_targets(4)
    targets[:, ::2] = generator("special").integers(0, len(SPECIAL), targets[:, ::2].shape)
    score = inverse_perplexity_of(uniform_params(MODEL), MODEL, batch_of(targets))
    assert score.n == 4 * MODEL.context // 2
    assert score.value == pytest.approx(1 / ORDINARY, rel=1e-5)


def test_positions_of_weight_zero_are_not_counted():
    weights = np.zeros((4, MODEL.context))
    weights[:, 3:5] = 1
    assert inverse_perplexity_of(uniform_params(MODEL), MODEL, batch_of(ordinary_targets(4), weights)).n == 8


def test_special_tokens_get_no_probability():
    params = biased_params(MODEL, dict.fromkeys(range(len(SPECIAL)), 1000.0))
    score = inverse_perplexity_of(params, MODEL, batch_of(ordinary_targets(4)))
    assert score.value == pytest.approx(1 / ORDINARY, rel=1e-4)


def test_a_token_of_known_odds_has_the_perplexity_of_its_odds():
    likely = len(SPECIAL) + 1
    targets = np.full((4, MODEL.context), likely)
    score = inverse_perplexity_of(biased_params(MODEL, {likely: 9.0}), MODEL, batch_of(targets))
    assert score.value == pytest.approx(9 / (9 + ORDINARY - 1), rel=1e-4)


def test_the_standard_error_is_that_of_rows():
    """Half of the rows hold the likely token, half the others: with n rows of one size each, the
    mean log-likelihood has standard error sd / sqrt(n), and its exponential that times the
    value."""
    likely, rows = len(SPECIAL) + 1, 10
    targets = np.full((rows, MODEL.context), likely)
    targets[::2] = likely + 1
    score = inverse_perplexity_of(biased_params(MODEL, {likely: 9.0}), MODEL, batch_of(targets))
    assert score.value == pytest.approx(3 / (9 + ORDINARY - 1), rel=1e-4)  # geometric mean of odds 9 and 1
    assert score.stderr == pytest.approx(score.value * math.log(3) / math.sqrt(rows), rel=1e-3)


def test_a_model_that_is_surer_of_the_text_scores_higher():
    likely = len(SPECIAL) + 1
    targets = np.full((2, MODEL.context), likely)
    scores = [
        inverse_perplexity_of(biased_params(MODEL, {likely: odds}), MODEL, batch_of(targets)).value
        for odds in (0.5, 1.0, 2.0, 50.0)
    ]
    assert scores == sorted(scores)
    assert all(0 < score < 1 for score in scores)


def test_rows_are_counted_apart_and_in_order():
    weights = np.tril(np.ones((ROWS + 2, MODEL.context)))
    losses, counts = row_losses(uniform_params(MODEL), MODEL, batch_of(ordinary_targets(ROWS + 2), weights))
    assert counts.tolist() == weights.sum(axis=1).tolist()
    np.testing.assert_allclose(losses, counts * math.log(ORDINARY), rtol=1e-5)


# ---- Bits per byte -------------------------------------------------------------------------


def test_bits_per_byte_are_bits_of_a_domain_over_bytes_of_its_tokens():
    """Two rows a domain; every token of domain k takes k + 1 bytes and, of a uniform model, log2 of
    the number of ordinary tokens."""
    domains = len(DEVELOPMENT)
    token = len(SPECIAL) + np.arange(domains)
    targets = np.repeat(token, 2)[:, None] * np.ones((1, MODEL.context), int)
    targets[:, -1] = 1  # a document mark: no bytes, not counted
    batch = batch_of(targets)
    widths = np.zeros(MODEL.vocabulary, int)
    widths[token] = np.arange(domains) + 1
    nats, _ = row_losses(uniform_params(MODEL), MODEL, batch)
    scores = bits_per_byte(nats, batch, widths, DEVELOPMENT)
    assert list(scores) == DEVELOPMENT
    for k, score in enumerate(scores.values()):
        assert score.value == pytest.approx(math.log2(ORDINARY) / (k + 1), rel=1e-5)
        assert score.n == 2 * (MODEL.context - 1) * (k + 1)
        assert score.stderr == pytest.approx(0, abs=1e-6)


def test_the_standard_error_of_bits_per_byte_is_that_of_rows():
    """One bit a byte in one row, three in the other: sd 1 over two rows, as it is for the mean of
    two."""
    batch = batch_of(np.full((2 * len(DEVELOPMENT), MODEL.context), len(SPECIAL)))
    nats = np.tile([1.0, 3.0], len(DEVELOPMENT)) * MODEL.context * math.log(2)
    widths = np.ones(MODEL.vocabulary, int)
    for score in bits_per_byte(nats, batch, widths, DEVELOPMENT).values():
        assert (score.value, score.stderr) == pytest.approx((2.0, 1 / math.sqrt(2)))


def test_development_rows_come_domain_by_domain_and_their_tokens_have_the_bytes_of_the_text(corpus: Corpus):
    batch = development_batch(corpus, CLM, 64, 2000, DEVELOPMENT)
    widths = corpus.tokenizer.widths()
    texts = [corpus.tokenizer.decode(row[row >= len(SPECIAL)]) for row in batch.targets]
    # A row may cut a character of several bytes: such a one is written as a replacement character.
    whole = [i for i, text in enumerate(texts) if "\ufffd" not in text]
    assert len(whole) > len(texts) / 2
    for i in whole:
        assert widths[batch.targets[i]].sum() == len(texts[i].encode())
    assert widths[: len(SPECIAL)].sum() == 0
    parts = np.split(np.arange(len(batch)), len(DEVELOPMENT))
    code = " ".join(texts[i] for i in parts[DEVELOPMENT.index("code")])
    assert "def " in code or "self." in code
