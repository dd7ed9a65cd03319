"""The paper's protocol as a plain script, with which bench/ltc/run.ts compares `foretune fit`.

Reads the published table. For each task and each of 20 splits, trains LightGBM on the pairs of 30
variants, once on the five indicators and once on the configuration, as `foretune fit` does, and
prints the mean accuracy on the pairs of the other 20.
"""

import csv
import os
import sys
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from lightgbm import LGBMClassifier

TASKS = ("cms", "rag", "cbqa")
INDICATORS = ("inv_ppl_clm", "inv_ppl_sc", "k_cms", "k_rag", "k_cbqa")
SEEDS, TRAINING = 20, 30


def one_hot(values: list[str]) -> list[np.ndarray]:
    kinds = sorted(set(values))
    return [np.array([value == kind for value in values], float) for kind in kinds[len(kinds) == 2 :]]


def configuration(rows: list[dict[str, str]]) -> np.ndarray:
    columns = [np.log([float(row["lr"]) for row in rows])]
    for name in ("objective", "dc", "tag", "lenfilter"):
        columns += one_hot([row[name] for row in rows])
    return np.stack(columns, axis=1)


def pairs(variants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    i, j = np.triu_indices(len(variants), 1)
    return variants[i], variants[j]


def features(values: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hstack([values[a] - values[b], values[a] * values[b], values[a], values[b]])


def accuracy(values: np.ndarray, outcomes: np.ndarray, seed: int) -> float:
    order = np.random.default_rng(seed).permutation(len(outcomes))
    training, test = order[:TRAINING], order[TRAINING:]
    low, high = values[training].min(axis=0), values[training].max(axis=0)
    scaled = np.where(high > low, (values - low) / np.where(high > low, high - low, 1), 0)
    a, b = pairs(training)
    untied = outcomes[a] != outcomes[b]
    a, b = a[untied], b[untied]
    model = LGBMClassifier(verbose=-1, n_jobs=1, random_state=seed)
    model.fit(features(scaled, a, b), (outcomes[a] > outcomes[b]).astype(int))
    a, b = pairs(test)
    predicted = model.predict_proba(features(scaled, a, b))[:, 1]
    return float(np.mean((1 + np.sign(predicted - 0.5) * np.sign(outcomes[a] - outcomes[b])) / 2))


def main(table: str) -> None:
    warnings.filterwarnings("ignore", "X does not have valid feature names")
    with Path(table).open() as file:
        rows = list(csv.DictReader(file))
    indicators = np.array([[float(row[name]) for name in INDICATORS] for row in rows])
    for name, values in (("ltc:lightgbm", indicators), ("config:lightgbm", configuration(rows))):
        for task in TASKS:
            outcomes = np.array([float(row[f"sft_{task}"]) for row in rows])
            found = [accuracy(values, outcomes, seed) for seed in range(SEEDS)]
            print(f"{task} {name} {np.mean(found):.3f} +- {np.std(found):.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
