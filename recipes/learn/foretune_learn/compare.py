"""Learning to compare: one learner, trained on the variants of a split and tested on pairs of
others."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from .classifiers import Refused, make_classifier
from .pairs import all_pairs, pair_features, scaled
from .variant_learners import variant_learner


@dataclass(frozen=True)
class PairLearner:
    classifier: str  # import path
    params: dict[str, Any]
    symmetric: bool


@dataclass(frozen=True)
class VariantLearner:
    model: str  # a file of variant_learners/


@dataclass(frozen=True)
class Predictor:
    name: str
    learner: PairLearner | VariantLearner
    features: list[str]


@dataclass(frozen=True)
class Split:
    name: str
    seed: int
    training: np.ndarray  # int32 [variants], rows of the feature table
    outcomes: np.ndarray  # float64 [variants], of the training variants only
    a: np.ndarray  # int32 [pairs], test pairs
    b: np.ndarray


@dataclass(frozen=True)
class Compared:
    probabilities: np.ndarray  # float64 [pairs], that a is better than b
    importance: np.ndarray | None  # float64 [features], summing to 1; None where the learner has none


def prepare(learner: PairLearner | VariantLearner) -> None:
    """Imports the modules that it needs. Raises Refused."""
    match learner:
        case PairLearner(classifier, params, _):
            make_classifier(classifier, params, 0)
        case VariantLearner(model):
            variant_learner(model)


def compare(predictor: Predictor, split: Split, values: np.ndarray) -> Compared:
    """`values` is float64 [all variants, features of the predictor], not scaled."""
    if (split.outcomes == split.outcomes[0]).all():
        raise ValueError(f'Split "{split.name}" has no training pair with two different outcomes.')
    with _quiet():
        match predictor.learner:
            case PairLearner() as learner:
                compared = _by_pairs(learner, split, values)
            case VariantLearner(model):
                compared = _by_variants(model, split, values)
    if not np.isfinite(compared.probabilities).all():
        raise ValueError(f'"{predictor.name}" predicts numbers that are not finite on split "{split.name}".')
    return compared


def _by_variants(model: str, split: Split, values: np.ndarray) -> Compared:
    from .learning import ranked

    ranks = ranked(values, split.training)
    probability = variant_learner(model)(ranks[split.training], split.outcomes)
    return Compared(probability(ranks, split.a, split.b), None)


def _by_pairs(learner: PairLearner, split: Split, values: np.ndarray) -> Compared:
    inputs = scaled(values, split.training)
    model = make_classifier(learner.classifier, learner.params, split.seed)
    _fit(model, *_training_pairs(inputs[split.training], split, learner.symmetric), learner, split)
    forward = _probability(model, inputs, split.a, split.b)
    if learner.symmetric:
        forward = (forward + 1.0 - _probability(model, inputs, split.b, split.a)) / 2.0
    return Compared(forward, _importance(model, values.shape[1]))


def _training_pairs(inputs: np.ndarray, split: Split, symmetric: bool) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels. Tied pairs are left out, because no label is correct for them. If all
    pairs have the same label, both orders of each pair are used.
    """
    a, b = all_pairs(len(split.training))
    untied = split.outcomes[a] != split.outcomes[b]
    a, b = a[untied], b[untied]
    labels = split.outcomes[a] > split.outcomes[b]
    if symmetric or labels.all() or not labels.any():
        a, b, labels = np.r_[a, b], np.r_[b, a], np.r_[labels, ~labels]
    return pair_features(inputs, a, b), labels.astype(np.int64)


def _fit(model: Any, features: np.ndarray, labels: np.ndarray, learner: PairLearner, split: Split) -> None:
    try:
        model.fit(features, labels)
    except Exception as error:
        raise Refused(
            f'"{learner.classifier}" with parameters {learner.params} could not be trained on split '
            f'"{split.name}": {type(error).__name__}: {error}'
        ) from error


def _probability(model: Any, inputs: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return model.predict_proba(pair_features(inputs, a, b))[:, 1]


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses two warnings that every fit would print."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # The paper stops the MLP after 100 iterations, converged or not; a kernel may end at a
        # bound.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # LightGBM 4.6 names unnamed features, which scikit-learn 1.8 then misses in what is
        # predicted.
        warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
        yield


def _importance(model: Any, features: int) -> np.ndarray | None:
    """Gain, impurity or absolute coefficient, summed over the four columns of each feature."""
    if hasattr(model, "booster_"):
        raw = model.booster_.feature_importance("gain")
    elif hasattr(model, "feature_importances_"):
        raw = model.feature_importances_
    elif hasattr(model, "coef_"):
        raw = np.abs(model.coef_[0])
    else:
        return None
    summed = np.asarray(raw, np.float64).reshape(4, features).sum(axis=0)
    return summed / summed.sum() if summed.sum() > 0 else None
