"""Rows of data sets, in an order that a seed decides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import IterableDataset, load_dataset

from .config import DataSet, Source
from .places import READERS, local_or_hub

# Streams are shuffled within a window of so many rows: whole data sets may be larger than memory.
SHUFFLE_ROWS = 10_000


def rows(source: DataSet, seed: int | None) -> Iterator[dict[str, Any]]:
    """Shuffled by `seed`, or as they stand. Raises what the library raises for a data set it cannot read."""
    stream = _open(source)
    return iter(stream if seed is None else stream.shuffle(seed=seed, buffer_size=SHUFFLE_ROWS))


def texts(source: Source, seed: int | None) -> Iterator[str]:
    """The text of each row. Raises ValueError for a column that there is not."""
    for row in rows(source, seed):
        if source.field not in row:
            raise ValueError(f'"{source.dataset}" has no column "{source.field}"; it has {", ".join(row)}.')
        yield row[source.field]


def _open(source: DataSet) -> IterableDataset:
    place = local_or_hub(source.dataset)
    if (path := Path(place)).is_file():
        if path.suffix not in READERS:
            raise ValueError(f'"{source.dataset}" is not a file of type {", ".join(READERS)}.')
        return load_dataset(READERS[path.suffix], data_files=place, split="train", streaming=True)
    return load_dataset(place, source.config, split=source.split, revision=source.revision, streaming=True)


def version_of(source: DataSet) -> list[Any]:
    """Size and time of a file, which change with its content; empty for the hub, which has revisions."""
    path = Path(local_or_hub(source.dataset))
    if not path.is_file():
        return []
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]
