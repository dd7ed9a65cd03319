"""The files of a fit: features, splits and test pairs in, predictions and importance out (Arrow
IPC)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from foretune_protocol.cache import write_atomically

from .compare import Compared, PairLearner, Predictor, Split, VariantLearner

FORMAT = 1
Json = dict[str, Any]
Task = tuple[Predictor, Split]


class Inputs:
    """The contents of the files that job.json names."""

    def __init__(self, job: Json, folder: Path) -> None:
        if job["format"] != FORMAT:
            raise ValueError(f"job.json has format {job['format']}, this program reads format {FORMAT}.")
        table = _read(folder / job["features"])
        self.columns = {name: table[name].to_numpy() for name in table.column_names}
        self.predictors = {one["name"]: _predictor(one) for one in job["predictors"]}
        training, pairs = _read(folder / job["splits"]), _read(folder / job["pairs"])
        members, tests = _groups(training), _groups(pairs)
        self.tasks = [
            (self.predictors[name], _split(one, members, tests))
            for one in job["splits_to_fit"]
            for name in one["predictors"]
        ]

    def values(self, predictor: Predictor) -> np.ndarray:
        return np.stack([self.columns[name] for name in predictor.features], axis=1)


def _predictor(one: Json) -> Predictor:
    kinds = {"pair": PairLearner, "variant": VariantLearner}
    fields = dict(one["learner"])
    learner = kinds[fields.pop("kind")](**fields)
    return Predictor(one["name"], learner, one["features"])


def _read(path: Path) -> pa.Table:
    with ipc.open_file(str(path)) as reader:
        return reader.read_all()


def _groups(table: pa.Table) -> dict[str, dict[str, np.ndarray]]:
    """The rows of each split, in order, by column."""
    names = np.array(table["split"].to_pylist(), dtype=object)
    begins = np.flatnonzero(np.r_[True, names[1:] != names[:-1]]) if len(names) else np.array([], np.int64)
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "split"}
    ends = np.r_[begins[1:], len(names)]
    return {
        names[begin]: {column: values[begin:end] for column, values in columns.items()}
        for begin, end in zip(begins, ends, strict=True)
    }


def _split(one: Json, members: dict, tests: dict) -> Split:
    training, test = members[one["split"]], tests[one["split"]]
    return Split(one["split"], one["seed"], training["variant"], training["outcome"], test["a"], test["b"])


def write_predictions(path: Path, tasks: list[Task], compared: list[Compared]) -> None:
    counts = [len(split.a) for _, split in tasks]
    columns = {
        "predictor": pa.array(_repeat((p.name for p, _ in tasks), counts), pa.string()),
        "split": pa.array(_repeat((s.name for _, s in tasks), counts), pa.string()),
        "a": pa.array(_joined([s.a for _, s in tasks]), pa.int32()),
        "b": pa.array(_joined([s.b for _, s in tasks]), pa.int32()),
        "probability": pa.array(_joined([one.probabilities for one in compared]), pa.float64()),
    }
    _write(path, pa.table(columns))


def write_importance(path: Path, tasks: list[Task], compared: list[Compared]) -> None:
    rows = [
        (predictor.name, split.name, feature, float(value))
        for (predictor, split), one in zip(tasks, compared, strict=True)
        if one.importance is not None
        for feature, value in zip(predictor.features, one.importance, strict=True)
    ]
    kinds = [pa.string(), pa.string(), pa.string(), pa.float64()]
    names = ["predictor", "split", "feature", "share"]
    columns = zip(*rows, strict=True) if rows else [[]] * 4
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    _write(path, pa.Table.from_arrays(arrays, names))


def _repeat(values: Iterable[str], counts: list[int]) -> list[str]:
    return [value for value, count in zip(values, counts, strict=True) for _ in range(count)]


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.array([], np.float64)


def _write(path: Path, table: pa.Table) -> None:
    def write(to: Path) -> None:
        with ipc.new_file(str(to), table.schema) as writer:
            writer.write_table(table.combine_chunks())

    write_atomically(path, write)
