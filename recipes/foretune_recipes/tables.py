"""The rows a run leaves behind: Arrow IPC files whose columns src/dataset/tables.ts declares.

The orchestrator adds study, variant, run, attempt and time. Strings are plain utf8, never dictionaries.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from .cache import write_atomically

Row = Mapping[str, Any]


def _column(name: str, kind: pa.DataType, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable)


SCHEMAS = {
    "curves": pa.schema(
        [
            _column("step", pa.int32()),
            _column("tokens", pa.float64()),
            _column("metric", pa.string()),
            _column("domain", pa.string(), nullable=True),
            _column("value", pa.float64()),
        ]
    ),
    "indicators": pa.schema(
        [
            _column("indicator", pa.string()),
            _column("domain", pa.string(), nullable=True),
            _column("value", pa.float64()),
            _column("stderr", pa.float64(), nullable=True),
            _column("n", pa.int32(), nullable=True),
        ]
    ),
    "outcomes": pa.schema(
        [
            _column("task", pa.string()),
            _column("dataset", pa.string()),
            _column("sft_recipe", pa.string()),
            _column("seed", pa.int32()),
            _column("metric", pa.string()),
            _column("value", pa.float64()),
            _column("stderr", pa.float64(), nullable=True),
            _column("n", pa.int32(), nullable=True),
        ]
    ),
    "samples": pa.schema(
        [
            _column("task", pa.string()),
            _column("dataset", pa.string()),
            _column("phase", pa.string()),
            _column("seed", pa.int32()),
            _column("item_id", pa.string()),
            _column("correct", pa.bool_()),
            _column("answer_probability", pa.float64()),
            _column("log_likelihood", pa.float64()),
            _column("tokens", pa.int32()),
        ]
    ),
}


def write_table(path: Path, table: str, rows: Sequence[Row]) -> None:
    data = pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMAS[table])

    def write(to: Path) -> None:
        with ipc.new_file(str(to), data.schema) as writer:
            writer.write_table(data)

    write_atomically(path, write)
