"""Writes tables as recipes may, with pyarrow and Polars: `write_recipe_tables.py FOLDER`."""

import datetime
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa

COLUMNS = {
    "indicator": pa.array(["inv_ppl_clm", "größe 🧪"]),
    "domain": pa.array([None, "prose"]),
    "value": pa.array([0.5, -0.25]),
    "stderr": pa.array([None, 0.125]),
    "n": pa.array([3, None], pa.int32()),
}
NOON = datetime.datetime(2026, 11, 23, 12, 0, 0, 250_000)
TIMES = pa.array([datetime.datetime(1970, 1, 1), NOON, None])
RUN_TEXTS = "stage fingerprint values_json recipe recipe_version source_digest cluster job external_id status"
RUN_MAYBES = "task failure_class error ended_at wall_seconds cpu_seconds gpu_seconds max_rss_bytes cost"


def indicators(**changes: pa.Array) -> pa.Table:
    return pa.table({**COLUMNS, **changes})


def cast(**types: pa.DataType) -> pa.Table:
    return indicators(**{name: COLUMNS[name].cast(kind) for name, kind in types.items()})


def runs(times: pa.Array) -> pa.Table:
    """Columns of which nothing is known have Arrow's type for that, `null`."""
    texts = {name: pa.array(["x"] * len(times)) for name in RUN_TEXTS.split()}
    return pa.table({**texts, **{n: pa.nulls(len(times)) for n in RUN_MAYBES.split()}, "started_at": times})


def times(unit: str) -> pa.Table:
    return runs(TIMES.cast(pa.timestamp(unit, "UTC")))


TABLES = {
    "plain": indicators(),
    "dictionary": indicators(**{n: COLUMNS[n].dictionary_encode() for n in ("indicator", "domain")}),
    "large-text": cast(indicator=pa.large_string(), domain=pa.large_string()),
    "text-views": cast(indicator=pa.string_view(), domain=pa.string_view()),
    "int64": cast(n=pa.int64()),
    "uint8": cast(n=pa.uint8()),
    "whole-floats": cast(n=pa.float64()),
    "float32": cast(value=pa.float32(), stderr=pa.float32()),
    "reordered": indicators().select(["n", "value", "stderr", "domain", "indicator"]),
    "two-batches": pa.concat_tables([indicators().slice(0, 1), indicators().slice(1, 1)]),
    "int64-too-large": indicators(n=pa.array([3, 2**40])),
    "int64-not-a-double": indicators(value=pa.array([1, 2**53 + 1])),
    "half-a-count": indicators(n=pa.array([3, 2.5])),
    "nan": indicators(value=pa.array([0.5, float("nan")])),
    "infinity": indicators(value=pa.array([float("-inf"), 0.5])),
    "null-value": indicators(value=pa.array([0.5, None])),
    "text-for-number": indicators(value=pa.array(["0.5", "1"])),
    "number-for-text": indicators(domain=pa.array([1, 2])),
    "missing-column": indicators().drop(["value"]),
    "known-columns": indicators().drop(["stderr", "n"]),
    "largest": indicators(value=pa.array([0.5, -sys.float_info.max])),
    "empty": indicators().slice(0, 0),
    "one": indicators().slice(0, 1),
    "unknown-column": indicators(score=COLUMNS["value"]),
    "identity-column": indicators(study=COLUMNS["domain"]),
    "column-twice": indicators().append_column("value", COLUMNS["value"]),
    "seconds": runs(pa.array([0, 1795435200, None], pa.timestamp("s"))),
    "milliseconds": times("ms"),
    "microseconds": times("us"),
    "nanoseconds": times("ns"),
    "too-fine": runs(pa.array([0, 1_500, None], pa.timestamp("us"))),
}


def write(table: pa.Table, path: Path, *, stream: bool = False, codec: str | None = None) -> None:
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(path, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table)


def main(folder: Path) -> None:
    for name, table in TABLES.items():
        write(table, folder / f"{name}.arrow")
    write(indicators(), folder / "stream.arrow", stream=True)
    for name in ("one", "empty"):
        write(TABLES[name], folder / f"{name}-stream.arrow", stream=True)
    for first, second in [("one", "plain"), ("one", "empty"), ("empty", "one"), ("one-stream", "stream")]:
        parts = [(folder / f"{name}.arrow").read_bytes() for name in (first, second)]
        (folder / f"{first}+{second}.arrow").write_bytes(b"".join(parts))
    for codec in ("lz4", "zstd"):
        write(indicators(), folder / f"{codec}.arrow", codec=codec)
    frame = pl.from_arrow(indicators())
    frame.write_ipc(folder / "polars.arrow")
    frame.with_columns(pl.col("indicator", "domain").cast(pl.Categorical)).write_ipc(
        folder / "polars-categories.arrow"
    )
    frame.write_ipc(folder / "polars-zstd.arrow", compression="zstd")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
