"""Learning to compare: what it learns, what it refuses, and the files it reads and writes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs import RECIPES, read_json
from pyarrow import ipc
from schema import check

from foretune_learn.classifiers import Refused, make_classifier
from foretune_learn.compare import PairLearner, Predictor, Split, VariantLearner, compare, prepare
from foretune_learn.fit import run
from foretune_learn.pairs import all_pairs, pair_features, scaled

LIGHTGBM = ("lightgbm.LGBMClassifier", {})
LOGREG = ("sklearn.linear_model.LogisticRegression", {})
MLP = ("sklearn.neural_network.MLPClassifier", {"hidden_layer_sizes": [32, 32], "max_iter": 100})


def predictor(learner: tuple[str, dict[str, Any]], symmetric: bool = False, features: int = 2) -> Predictor:
    return Predictor("p", PairLearner(*learner, symmetric), [f"f{i}" for i in range(features)])


def split(outcomes: np.ndarray, training: int) -> Split:
    """The first variants train, all pairs of the others test."""
    a, b = all_pairs(len(outcomes) - training)
    order = np.arange(training, dtype=np.int32)
    return Split("s", 3, order, outcomes[:training], a + training, b + training)


def accuracy(probability: np.ndarray, test: Split, outcomes: np.ndarray) -> float:
    return float(np.mean((probability > 0.5) == (outcomes[test.a] > outcomes[test.b])))


def test_pair_features_of_a_hand_example() -> None:
    values = np.array([[1.0, 10.0], [3.0, 20.0]])
    found = pair_features(values, np.array([0]), np.array([1]))
    assert found.tolist() == [[-2, -10, 3, 200, 1, 10, 3, 20]]


def test_features_are_scaled_by_the_training_variants_and_a_constant_becomes_0() -> None:
    values = np.array([[2.0, 5.0], [4.0, 5.0], [5.0, 7.0]])
    assert scaled(values, np.array([0, 1])).tolist() == [[0, 0], [1, 0], [1.5, 0]]


@pytest.mark.parametrize("learner", [LIGHTGBM, LOGREG, MLP])
@pytest.mark.parametrize("symmetric", [False, True])
def test_what_one_feature_decides_is_learned(learner: tuple, symmetric: bool) -> None:
    values = np.random.default_rng(0).permutation(np.linspace(0, 1, 50))[:, None]
    outcomes = 3 * values[:, 0] + 2
    test = split(outcomes, 30)
    found = compare(predictor(learner, symmetric, 1), test, values)
    assert accuracy(found.probabilities, test, outcomes) >= (0.95 if learner is LIGHTGBM else 0.97)


def test_separable_data_have_error_0() -> None:
    values = np.random.default_rng(0).permutation(np.repeat([0.0, 1.0], 25))[:, None]
    outcomes = values[:, 0] * 10
    test = split(outcomes, 30)
    found = compare(predictor(LIGHTGBM, True, 1), test, values)
    apart = outcomes[test.a] != outcomes[test.b]
    right = (found.probabilities > 0.5) == (outcomes[test.a] > outcomes[test.b])
    assert right[apart].all()
    assert apart.sum() > 50


def test_outcomes_that_have_nothing_to_do_with_the_features_are_not_predicted() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(12):
        values, outcomes = rng.normal(size=(50, 2)), rng.normal(size=50)
        test = split(outcomes, 30)
        judged = compare(predictor(LIGHTGBM), test, values)
        found.append(accuracy(judged.probabilities, test, outcomes))
    assert 0.42 < np.mean(found) < 0.58


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_symmetric_probabilities_of_a_pair_and_its_reverse_sum_to_1(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, outcomes = rng.normal(size=(12, 2)), rng.integers(0, 4, 12).astype(np.float64)
    outcomes[:2] = [0, 1]
    forward = split(outcomes, 7)
    reverse = Split("s", 3, forward.training, forward.outcomes, forward.b, forward.a)
    both = [compare(predictor(LOGREG, True), one, values).probabilities for one in (forward, reverse)]
    assert both[0] + both[1] == pytest.approx(np.ones(10), abs=1e-12)


def test_tied_training_pairs_are_left_out_and_nothing_but_ties_is_an_error() -> None:
    values = np.arange(8.0)[:, None]
    tied = split(np.array([1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 2.0, 3.0]), 3)
    with pytest.raises(ValueError, match="no training pair with two different outcomes"):
        compare(predictor(LOGREG, features=1), tied, values)


def test_pairs_that_all_point_one_way_are_learned_from_both_sides() -> None:
    values = np.arange(8.0)[:, None]
    falling = split(-values[:, 0], 5)
    found = compare(predictor(LOGREG, features=1), falling, values)
    assert (found.probabilities > 0.5).all()


def test_importance_goes_to_the_feature_that_decides() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(40, 2))
    test = split(values[:, 1], 30)
    for learner in (LIGHTGBM, LOGREG):
        share = compare(predictor(learner), test, values).importance
        assert share is not None
        assert share.sum() == pytest.approx(1)
        assert share[1] > 0.8
    assert compare(predictor(MLP), test, values).importance is None


@pytest.mark.parametrize(
    ("path", "params", "reason"),
    [
        ("sklearn.linear_model.Ridge", {}, "is not a scikit-learn classifier"),
        ("sklearn.datasets.load_iris", {}, "is not a scikit-learn classifier"),
        ("sklearn.linear_model.LogisticRegresion", {}, "does not exist"),
        ("sklearn.svm.LinearSVC", {}, "has no predict_proba"),
        ("sklearn.ensemble.VotingClassifier", {}, "without arguments"),
        ("os.system", {}, "is not an installed package"),
        ("foretune_learn.fit.Inputs", {}, "is not an installed package"),
        ("no_such_package.Classifier", {}, 'package "no_such_package"'),
        ("sklearn.no_such_module.Classifier", {}, "cannot be imported"),
        ("LogisticRegression", {}, "is not an import path"),
        (LOGREG[0], {"depth": 3}, 'has no parameter "depth"'),
    ],
)
def test_what_is_not_a_classifier_is_refused(path: str, params: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        make_classifier(path, params, 0)


def write(path: Path, columns: dict[str, pa.Array]) -> None:
    table = pa.table(columns)
    with ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def of_pairs(learner: tuple) -> dict[str, Any]:
    return {"kind": "pair", "classifier": learner[0], "params": learner[1], "symmetric": False}


def of_variants(model: str) -> dict[str, Any]:
    return {"kind": "variant", "model": model}


def fit_job(folder: Path, learner: dict | None = None, splits: int = 4, processes: int = 1) -> Path:
    """Variants 0 to 9 train, all pairs of the last six test; one feature decides, one is noise."""
    values = np.random.default_rng(5).permutation(16).astype(np.float64)
    names = [f"s{i}" for i in range(splits)]
    a, b = (positions + 10 for positions in all_pairs(6))
    write(folder / "features.arrow", {"f0": pa.array(values), "f1": pa.array(values % 3)})
    write(
        folder / "splits.arrow",
        {
            "split": pa.array([name for name in names for _ in range(10)], pa.string()),
            "variant": pa.array(list(range(10)) * splits, pa.int32()),
            "outcome": pa.array(list(values[:10]) * splits, pa.float64()),
        },
    )
    write(
        folder / "pairs.arrow",
        {
            "split": pa.array([name for name in names for _ in a], pa.string()),
            "a": pa.array(list(a) * splits, pa.int32()),
            "b": pa.array(list(b) * splits, pa.int32()),
        },
    )
    one = {"name": "p", "learner": learner or of_pairs(LOGREG), "features": ["f0", "f1"]}
    job = {
        "format": 1,
        "processes": processes,
        "features": "features.arrow",
        "splits": "splits.arrow",
        "pairs": "pairs.arrow",
        "predictors": [one],
        "splits_to_fit": [{"split": name, "seed": i, "predictors": ["p"]} for i, name in enumerate(names)],
    }
    check(job, "fit-job")
    path = folder / "job.json"
    path.write_text(json.dumps(job), "utf-8")
    return path


def predictions(folder: Path) -> list[dict[str, Any]]:
    with ipc.open_file(str(folder / "predictions.arrow")) as reader:
        return reader.read_all().to_pylist()


def test_a_job_predicts_every_test_pair_of_every_split(tmp_path: Path) -> None:
    result = run(fit_job(tmp_path))
    check(result, "fit-result")
    assert result == read_json(tmp_path / "result.json")
    assert result["status"] == "done"
    found = predictions(tmp_path)
    assert [row["split"] for row in found] == [f"s{i}" for i in range(4) for _ in range(15)]
    assert all(0 <= row["probability"] <= 1 and 10 <= row["a"] < row["b"] for row in found)
    with ipc.open_file(str(tmp_path / "importance.arrow")) as reader:
        assert len(reader.read_all()) == 8


def test_a_refused_learner_is_told_in_the_result(tmp_path: Path) -> None:
    result = run(fit_job(tmp_path, of_pairs(("sklearn.svm.LinearSVC", {}))))
    check(result, "fit-result")
    assert (result["status"], result["predictions"]) == ("refused", None)
    assert "has no predict_proba" in result["error"]


def test_a_learner_of_variants_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match='no learner of variants "forest"; known: ensemble, gp'):
        prepare(VariantLearner("forest"))


def test_parameters_that_training_refuses_are_told_with_its_words(tmp_path: Path) -> None:
    result = run(fit_job(tmp_path, of_pairs((LOGREG[0], {"C": -1}))))
    assert result["status"] == "refused"
    assert "'C' parameter" in result["error"]


def start(path: Path, *options: str, **streams: Any) -> subprocess.Popen:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{RECIPES}/protocol:{RECIPES}/learn"}
    command = [sys.executable, "-m", "foretune_learn.fit", str(path), *options]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, **streams)


@pytest.mark.parametrize("learner", [of_pairs(MLP), of_variants("ensemble"), of_variants("gp")])
def test_two_processes_started_early_give_what_one_gives(tmp_path: Path, learner: dict) -> None:
    job = fit_job(tmp_path, learner, splits=4, processes=1)
    run(job)
    alone = predictions(tmp_path)
    (tmp_path / "predictions.arrow").unlink()
    early = start(tmp_path / "job.json", "--preload", "sklearn.neural_network", stdin=subprocess.PIPE)
    fit_job(tmp_path, learner, splits=4, processes=2)
    errors = _go(early)
    assert (early.returncode, errors) == (0, "")
    assert predictions(tmp_path) == alone


def _go(process: subprocess.Popen) -> str:
    """The input stays open until the process ends, as its caller would keep it."""
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write("\n")
    process.stdin.flush()
    errors = process.stderr.read()
    process.wait()
    process.stdin.close()
    process.stderr.close()
    return errors


def test_a_process_whose_caller_is_gone_ends(tmp_path: Path) -> None:
    early = start(tmp_path / "job.json", "--preload", "", stdin=subprocess.DEVNULL)
    assert early.wait(60) == 0
    assert early.stderr is not None
    assert early.stderr.read() == ""
    early.stderr.close()
    assert not (tmp_path / "result.json").exists()


def test_neither_jax_nor_a_learner_is_imported_for_nothing() -> None:
    code = "import sys, foretune_learn.fit as _; print({'jax', 'sklearn', 'lightgbm'} & set(sys.modules))"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{RECIPES}/protocol:{RECIPES}/learn"}
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, text=True, stdout=subprocess.PIPE
    )
    assert shown.stdout.strip() == "set()"
