"""Tables: what does not fit is named before it is handed over."""

import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import ipc

from foretune_protocol.tables import schema_of, write_table

ROW = {"indicator": "riddles", "value": 0.5}
PROTOCOL = Path(__file__).resolve().parents[2] / "protocol"


def test_a_row_may_leave_out_what_takes_null(tmp_path: Path):
    write_table(tmp_path / "t.arrow", "indicators", [ROW, {**ROW, "stderr": 0.1, "n": 4}])
    read = ipc.open_file(str(tmp_path / "t.arrow")).read_all()
    assert read.schema.equals(schema_of("indicators"))
    assert read.to_pylist()[0] == {**ROW, "domain": None, "stderr": None, "n": None}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"value": float("nan")}, r'row 1, column "value": got nan, expected a finite number'),
        ({"value": float("inf")}, r'row 1, column "value": got inf'),
        ({"value": sys.float_info.max}, r'row 1, column "value": got 1.79'),
        ({"value": None}, r'row 1, column "value": got None'),
        ({"indicator": None}, r'row 1, column "indicator": got None, expected string'),
        ({"score": 1.0}, r'row 1: there is no column "score"; its columns are indicator, domain'),
        ({"n": "four"}, r'column "n"'),
        ({"n": 2**40}, r'column "n"'),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, change: dict, expected: str):
    with pytest.raises(ValueError, match=f'Table "indicators", {expected}'):
        write_table(tmp_path / "t.arrow", "indicators", [ROW, ROW | change])
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_there_is_not_is_named(tmp_path: Path):
    with pytest.raises(
        ValueError, match='no table "scores"; it writes curves, indicators, outcomes, samples'
    ):
        write_table(tmp_path / "t.arrow", "scores", [])


def test_the_package_needs_nothing_before_a_table_is_written():
    program = "import sys, foretune_protocol; print('pyarrow' in sys.modules, 'numpy' in sys.modules)"
    command = [sys.executable, "-B", "-c", program]
    assert (
        subprocess.run(command, cwd=PROTOCOL, capture_output=True, text=True).stdout.strip() == "False False"
    )
