"""Prints the rows of downloaded data files as another reader sees them: `read_files.py READER
FILE...`."""

import json
import sys

import duckdb
import polars as pl
import pyarrow.dataset as ds


def read_polars(paths: list[str]) -> list[dict]:
    return pl.concat([pl.read_ipc(path) for path in paths]).to_dicts()


def read_duckdb(paths: list[str]) -> list[dict]:
    rows = duckdb.from_arrow(ds.dataset(paths, format="ipc"))
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


READERS = {"polars": read_polars, "duckdb": read_duckdb}
rows = READERS[sys.argv[1]](sys.argv[2:])
print(json.dumps(rows, default=lambda t: t.isoformat(timespec="milliseconds") + "Z"))
