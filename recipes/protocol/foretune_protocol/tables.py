"""Writes the rows that a run returns, as Arrow IPC files.

`tables.json` has the columns: `foretune schema tables` writes it from src/dataset/tables.ts. Foretune adds
study, variant, run, attempt and time. A row may leave out a column that takes null.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cache import write_atomically

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, Any]

COLUMNS_FILE = Path(__file__).with_name("tables.json")
TYPES = {"utf8": "string", "float64": "float64", "int32": "int32", "bool": "bool_"}


@cache
def columns() -> dict[str, list[dict[str, Any]]]:
    """Of each table, its columns: name, type, nullable."""
    return json.loads(COLUMNS_FILE.read_text("utf-8"))["tables"]


@cache
def schema_of(table: str) -> "pa.Schema":
    # Takes longer to import than all else here, and --describe needs no table.
    import pyarrow as pa

    if table not in columns():
        raise ValueError(f'A recipe writes no table "{table}"; it writes {", ".join(columns())}.')
    fields = [
        pa.field(one["name"], getattr(pa, TYPES[one["type"]])(), nullable=one["nullable"])
        for one in columns()[table]
    ]
    return pa.schema(fields)


def indicator(
    name: str,
    value: float,
    *,
    domain: str | None = None,
    stderr: float | None = None,
    n: int | None = None,
) -> Row:
    """A row of the table `indicators`. `domain`: the part that it is of; `n`: what was counted."""
    return {"indicator": name, "domain": domain, "value": value, "stderr": stderr, "n": n}


def write_table(path: Path, table: str, rows: Sequence[Row]) -> None:
    """Raises ValueError naming table, row and column of the first value that does not fit."""
    from pyarrow import ipc

    data = _table(table, rows)

    def write(to: Path) -> None:
        with ipc.new_file(str(to), data.schema) as writer:
            writer.write_table(data)

    write_atomically(path, write)


def _table(table: str, rows: Sequence[Row]) -> "pa.Table":
    import pyarrow as pa

    schema = schema_of(table)
    _refuse_unknown(table, rows, schema.names)
    for column in schema:
        _refuse_unfit(table, rows, column)
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _refuse_unknown(table: str, rows: Sequence[Row], names: Sequence[str]) -> None:
    known = set(names)
    for at, row in enumerate(rows):
        if unknown := row.keys() - known:
            raise ValueError(
                f'Table "{table}", row {at}: there is no column "{min(unknown)}"; its columns are '
                f"{', '.join(names)}."
            )


def _refuse_unfit(table: str, rows: Sequence[Row], column: "pa.Field") -> None:
    import pyarrow as pa

    for at, row in enumerate(rows):
        value = row.get(column.name)
        fits = column.nullable if value is None else _fits(value, pa.types.is_floating(column.type))
        if not fits:
            raise ValueError(
                f'Table "{table}", row {at}, column "{column.name}": got {value!r}, expected '
                f"{'a finite number' if pa.types.is_floating(column.type) else column.type}."
            )
    try:
        pa.array([row.get(column.name) for row in rows], column.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise ValueError(f'Table "{table}", column "{column.name}": {error}') from error


def _fits(value: Any, is_floating: bool) -> bool:
    # The largest number is what libraries make of an infinity.
    return not is_floating or not isinstance(value, float) or abs(value) < sys.float_info.max
