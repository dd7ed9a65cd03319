"""Learners that train on variants: ranks of the training variants alone, and what is made of
them."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from foretune_learn.compare import Predictor, Split, VariantLearner, compare
from foretune_learn.learning import mean_of, of_scores, quadratic_differences, ranked
from foretune_learn.pairs import all_pairs

MODELS = pytest.mark.parametrize("model", ["ensemble", "gp"])


def split(outcomes: np.ndarray, training: int, seed: int = 3) -> Split:
    """The first variants train, all pairs of the others test."""
    a, b = all_pairs(len(outcomes) - training)
    order = np.arange(training, dtype=np.int32)
    return Split("s", seed, order, outcomes[:training], a + training, b + training)


def probabilities(model: str, test: Split, values: np.ndarray) -> np.ndarray:
    names = [f"f{i}" for i in range(values.shape[1])]
    return compare(Predictor("p", VariantLearner(model), names), test, values).probabilities


def test_a_rank_is_the_place_among_the_training_variants() -> None:
    values = np.array([[3.0], [1.0], [1e9], [2.0], [2.5], [-7.0], [4e9]])
    found = ranked(values, np.array([0, 1, 2, 3]))
    assert found[:, 0] == pytest.approx([2 / 3, 0, 1, 1 / 3, 0.5, 0, 1])


def test_equal_values_share_a_rank_and_a_feature_constant_in_training_is_0() -> None:
    values = np.array([[1.0, 5.0], [2.0, 5.0], [2.0, 5.0], [3.0, 5.0], [2.0, 9.0]])
    found = ranked(values, np.arange(4))
    assert len(set(found[[1, 2, 4], 0])) == 1
    assert 1 / 3 <= found[1, 0] <= 2 / 3
    assert found[:, 1].tolist() == [0, 0, 0, 0, 0]


@MODELS
def test_no_test_variant_enters_the_ranks(model: str) -> None:
    rng = np.random.default_rng(4)
    values, outcomes = rng.normal(size=(30, 2)), rng.normal(size=30)
    test = split(outcomes, 20)
    others = np.concatenate([values, rng.normal(size=(15, 2)) * 100])
    assert (probabilities(model, test, others) == probabilities(model, test, values)).all()


@MODELS
def test_separable_data_have_error_0(model: str) -> None:
    values = np.random.default_rng(0).permutation(np.repeat([0.0, 1.0], 25))[:, None]
    outcomes = values[:, 0] * 10
    test = split(outcomes, 30)
    found = probabilities(model, test, values)
    apart = outcomes[test.a] != outcomes[test.b]
    assert ((found > 0.5) == (outcomes[test.a] > outcomes[test.b]))[apart].all()
    assert found[~apart] == pytest.approx(0.5)
    assert apart.sum() > 50


@MODELS
def test_a_linear_order_is_learned(model: str) -> None:
    values = np.random.default_rng(0).permutation(np.linspace(0, 1, 50))[:, None]
    outcomes = 3 * values[:, 0] + 2
    test = split(outcomes, 30)
    right = (probabilities(model, test, values) > 0.5) == (outcomes[test.a] > outcomes[test.b])
    assert right.mean() >= 0.95


@MODELS
def test_outcomes_that_have_nothing_to_do_with_the_features_are_not_predicted(model: str) -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(12):
        values, outcomes = rng.normal(size=(50, 2)), rng.normal(size=50)
        test = split(outcomes, 30)
        judged = np.sign(probabilities(model, test, values) - 0.5)
        found.append(np.mean((1 + judged * np.sign(outcomes[test.a] - outcomes[test.b])) / 2))
    assert 0.42 < np.mean(found) < 0.58


@MODELS
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_probabilities_of_a_pair_and_its_reverse_sum_to_1(model: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, outcomes = rng.normal(size=(20, 3)), rng.integers(0, 4, 20).astype(float)
    outcomes[:2] = [0, 1]
    forward = split(outcomes, 12)
    reverse = Split("s", 3, forward.training, forward.outcomes, forward.b, forward.a)
    both = [probabilities(model, one, values) for one in (forward, reverse)]
    assert both[0] + both[1] == pytest.approx(np.ones(28), abs=1e-12)
    assert ((both[0] >= 0) & (both[0] <= 1)).all()


@MODELS
def test_the_same_variants_give_the_same_to_the_last_bit_whatever_the_split_is_called(model: str) -> None:
    rng = np.random.default_rng(6)
    values, outcomes = rng.normal(size=(25, 3)), rng.normal(size=25)
    once, again = (probabilities(model, split(outcomes, 15, seed), values) for seed in (0, 1))
    assert (once == again).all()


@MODELS
def test_three_training_variants_are_enough_and_nothing_but_ties_is_an_error(model: str) -> None:
    values = np.arange(8.0)[:, None]
    found = probabilities(model, split(np.array([1.0, 2.0, 3.0, 0, 0, 0, 0, 0]), 3), values)
    assert np.isfinite(found).all()
    with pytest.raises(ValueError, match="no training pair with two different outcomes"):
        probabilities(model, split(np.array([1.0, 1.0, 1.0, 0, 0, 0, 0, 0]), 3), values)


class Recorder:
    """Predicts the first rank, and remembers what it was fitted to."""

    def fit(self, _: np.ndarray, scores: np.ndarray) -> Any:
        self.scores = scores
        return self

    def predict(self, ranks: np.ndarray) -> np.ndarray:
        return ranks[:, 0]


def test_a_regressor_learns_normal_scores_and_the_pair_follows_from_the_difference() -> None:
    recorder = Recorder()
    probability = of_scores(recorder)(np.zeros((4, 1)), np.array([7.0, 5.0, 5.0, 90.0]))
    assert recorder.scores == pytest.approx(norm.ppf([5 / 8, 0.25, 0.25, 7 / 8]))
    ranks = np.array([[0.0], [1.0]])
    assert probability(ranks, np.array([1]), np.array([0])) == pytest.approx(norm.cdf(1))


def test_the_ensemble_is_a_plain_mean() -> None:
    fixed = [lambda *_, p=p: lambda *_: np.array([p]) for p in (0.1, 0.2, 0.9)]
    empty = np.zeros((0, 0))
    assert mean_of(fixed)(empty, empty)(empty, empty, empty) == pytest.approx([0.4])


def test_quadratic_differences_of_a_hand_example() -> None:
    ranks = np.array([[1.0, 0.5], [0.5, 0.0]])
    found = quadratic_differences(ranks, np.array([0]), np.array([1]))
    assert found.tolist() == [[0.5, 0.5, 0.75, 0.5, 0.25]]
