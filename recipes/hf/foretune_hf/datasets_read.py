"""Rows of data sets, in an order that a seed decides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import IterableDataset, load_dataset

from .config import DataSet
from .places import local_or_hub

READERS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv", ".txt": "text"}
# Streams are shuffled within a window of so many rows: whole data sets may be larger than memory.
SHUFFLE_ROWS = 10_000


def rows(source: DataSet, seed: int | None) -> Iterator[dict[str, Any]]:
    """Shuffled by `seed`, or as they stand. Raises what the library raises for a data set it cannot read."""
    stream = _open(source)
    return iter(stream if seed is None else stream.shuffle(seed=seed, buffer_size=SHUFFLE_ROWS))


def _open(source: DataSet) -> IterableDataset:
    place = local_or_hub(source.dataset)
    if (path := Path(place)).is_file():
        if path.suffix not in READERS:
            raise ValueError(f'"{source.dataset}" is no {", ".join(READERS)} file.')
        return load_dataset(READERS[path.suffix], data_files=place, split="train", streaming=True)
    return load_dataset(place, source.config, split=source.split, revision=source.revision, streaming=True)


def version_of(source: DataSet) -> list[Any]:
    """What tells a file from a later one of its name; of a data set of the hub its revision does."""
    path = Path(local_or_hub(source.dataset))
    if not path.is_file():
        return []
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]
