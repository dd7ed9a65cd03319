"""Parts of learners of variants, which train on ranks among the training variants."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import norm, rankdata
from sklearn.preprocessing import PolynomialFeatures, QuantileTransformer

Array = np.ndarray
PairFeatures = Callable[[Array, Array, Array], Array]
# ranks [variants, features], a [pairs], b [pairs] -> [pairs], probability that a is better
Probability = Callable[[Array, Array, Array], Array]
# ranks and outcomes of the training variants -> a predictor
Learn = Callable[[Array, Array], Probability]


def ranked(values: Array, training: Array) -> Array:
    """[variants, features] as ranks in [0, 1] among the training rows; a feature that is
    constant there is 0."""
    known = values[training]
    places = QuantileTransformer(n_quantiles=len(known), subsample=None).fit(known).transform(values)
    return np.where(np.ptp(known, axis=0) > 0, places, 0.0)


def of_pairs(classifier: Any, features: PairFeatures) -> Learn:
    """Trained on both orders of each pair that is not tied; both are averaged when it predicts."""

    def learn(ranks: Array, outcomes: Array) -> Probability:
        a, b = np.nonzero(outcomes[:, None] != outcomes)
        classifier.fit(features(ranks, a, b), outcomes[a] > outcomes[b])

        def first(ranks: Array, a: Array, b: Array) -> Array:
            return classifier.predict_proba(features(ranks, a, b))[:, 1]

        return lambda ranks, a, b: (first(ranks, a, b) + 1.0 - first(ranks, b, a)) / 2.0

    return learn


def of_scores(regressor: Any) -> Learn:
    """Predicts m, the outcome's normal score; a is better with probability Phi(m_a - m_b)."""

    def learn(ranks: Array, outcomes: Array) -> Probability:
        scores = norm.ppf((rankdata(outcomes) - 0.5) / len(outcomes))
        regressor.fit(ranks - 0.5, scores)

        def probability(ranks: Array, a: Array, b: Array) -> Array:
            found = regressor.predict(ranks - 0.5)
            return norm.cdf(found[a] - found[b])

        return probability

    return learn


def mean_of(learners: list[Learn]) -> Learn:
    def learn(ranks: Array, outcomes: Array) -> Probability:
        taught = [each(ranks, outcomes) for each in learners]
        return lambda ranks, a, b: np.mean([each(ranks, a, b) for each in taught], axis=0)

    return learn


def quadratic_differences(ranks: Array, a: Array, b: Array) -> Array:
    terms = PolynomialFeatures(2, include_bias=False).fit_transform(ranks)
    return terms[a] - terms[b]
