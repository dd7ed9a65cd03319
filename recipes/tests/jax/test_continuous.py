"""Continuous measures of answers, by hand."""

import math

import numpy as np
import pytest

from foretune_jax.continuous import continuous_scores, measures
from foretune_jax.item import Item
from foretune_jax.scoring import Answer


def item(*options: str, gold: int = 0) -> Item:
    return Item("id", "prompt", options, gold, ())


def answers(*probabilities: float) -> list[Answer]:
    return [Answer(math.log(p), 1, False) for p in probabilities]


def test_measures_of_four_options_by_hand():
    found = measures(np.log([0.1, 0.4, 0.2, 0.1]), 1)
    expected = {"correct_prob": 0.4, "margin": 0.2, "norm_correct_prob": 0.5, "total_prob": 0.8}
    assert found == pytest.approx(expected)


def test_the_margin_of_a_wrong_answer_is_negative():
    assert measures(np.log([0.1, 0.4]), 0)["margin"] == pytest.approx(-0.3)


def test_a_single_option_is_compared_with_nothing():
    assert measures(np.log([0.25]), 0) == pytest.approx({"correct_prob": 0.25})


def test_hopeless_options_still_have_shares():
    found = measures(np.array([-2000.0, -2000.0]), 0)
    expected = {"correct_prob": 0.0, "margin": 0.0, "norm_correct_prob": 0.5, "total_prob": 0.0}
    assert found == pytest.approx(expected)


def test_per_character_probabilities_are_geometric_means():
    # " a" has two characters, " word" five.
    made = [item(" a", " word", gold=1)]
    found = continuous_scores(made, [answers(0.25, 0.03125)])
    assert found["correct_prob"].value == pytest.approx(0.03125)
    assert found["correct_prob_per_char"].value == pytest.approx(0.5)
    assert found["margin"].value == pytest.approx(0.03125 - 0.25)
    assert found["margin_per_char"].value == pytest.approx(0.0)
    assert found["norm_correct_prob_per_char"].value == pytest.approx(0.5)
    assert found["total_prob_per_char"].value == pytest.approx(1.0)


def test_scores_are_means_over_items_with_their_standard_error():
    found = continuous_scores([item(" a")] * 4, [answers(p) for p in (0.1, 0.1, 0.3, 0.3)])
    assert found.keys() == {"correct_prob", "correct_prob_per_char"}
    assert found["correct_prob"].value == pytest.approx(0.2)
    assert found["correct_prob"].stderr == pytest.approx(0.05)  # sd 0.1 over the root of four
    assert found["correct_prob"].n == 4
