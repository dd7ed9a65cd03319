"""Runs a job's runs in order and writes result.json, which has a result of each.

A run that an earlier attempt finished under the same fingerprint is not done again. One that fails
leaves the others that do not need it unharmed.
"""

import json
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import processes
from .cache import write_atomically
from .checkpoints import local_path
from .run import Run
from .tables import Row, write_table

FORMAT = 1

Json = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """What a run made: rows by table, and its checkpoint as result.json carries it."""

    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    checkpoint: Json | None = None


Stage = Callable[[Run], Made]


def run_job(job: Json, recipe_version: str, stages: Mapping[str, Stage]) -> Json:
    """The content of result.json, written to the work folder before it is returned.

    Of several processes that do a job together only the first writes, and none goes on alone after an error.
    """
    if job["format"] != FORMAT:
        raise ValueError(f"job.json has format {job['format']}, this recipe reads format {FORMAT}.")
    work = Path(job["work_dir"])
    results: dict[str, Json] = {}
    result: Json = {}
    for run in job["runs"]:
        results[run["run_id"]] = _recorded(work, run) or _attempt(job, run, stages, results)
        # After every run: one that kills the process must not take the finished ones with it.
        result = {
            "format": FORMAT,
            "job": job["job"],
            "recipe_version": recipe_version,
            "runs": list(results.values()),
        }
        if processes.is_first():
            _write_json(work / "result.json", result)
        if processes.count() > 1 and results[run["run_id"]]["status"] == "failed":
            break
    return result


def _folder(work: Path, run: Json) -> Path:
    return work / "runs" / run["fingerprint"][:16]


def _recorded(work: Path, run: Json) -> Json | None:
    """The result of a run that an earlier attempt at this job finished, its weights still there."""
    path = _folder(work, run) / "result.json"
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    checkpoint = kept["result"]["checkpoint"]
    if checkpoint and not _is_there(checkpoint["uri"]):
        return None
    return kept["result"] if kept["fingerprint"] == run["fingerprint"] else None


def _is_there(uri: str) -> bool:
    """An address elsewhere is not asked."""
    return not uri.startswith("file:") or local_path(uri).exists()


def _attempt(job: Json, run: Json, stages: Mapping[str, Stage], results: dict[str, Json]) -> Json:
    work = Path(job["work_dir"])
    begin = time.monotonic()
    print(f"{run['run_id']}: started", flush=True)
    try:
        folder = _folder(work, run)
        folder.mkdir(parents=True, exist_ok=True)
        made = _stage(run, stages)(Run.of(job, run, folder, _input(run, results)))
    except Exception as error:  # what a run raises is its own failure, not the job's
        traceback.print_exc()
        return _result(run, begin, error=f"{type(error).__name__}: {error}")
    result = _result(run, begin) | {"checkpoint": made.checkpoint}
    if not processes.is_first():
        return result
    result["tables"] = _written(work, folder, made)
    _write_json(folder / "result.json", {"fingerprint": run["fingerprint"], "result": result})
    print(f"{run['run_id']}: done in {result['wall_seconds']:.1f} s", flush=True)
    return result


def _stage(run: Json, stages: Mapping[str, Stage]) -> Stage:
    if run["stage"] not in stages:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(stages)}.')
    return stages[run["stage"]]


def _input(run: Json, results: dict[str, Json]) -> str | None:
    """The address of the weights that the run starts from: given, or of a run earlier in this job."""
    wanted = run["input"]
    if wanted is None:
        return None
    if wanted["uri"] is not None:
        return wanted["uri"]
    maker = results.get(wanted["run_id"])
    if maker is None or maker["checkpoint"] is None:
        raise ValueError(f'Run "{wanted["run_id"]}", whose checkpoint this run reads, left none in this job.')
    return maker["checkpoint"]["uri"]


def _written(work: Path, folder: Path, made: Made) -> Json:
    tables = {name: rows for name, rows in made.tables.items() if rows}
    for name, rows in tables.items():
        write_table(folder / f"{name}.arrow", name, rows)
    return {name: str((folder / f"{name}.arrow").relative_to(work)) for name in tables}


def _result(run: Json, begin: float, error: str | None = None) -> Json:
    return {
        "run_id": run["run_id"],
        "status": "failed" if error else "done",
        "error": error,
        "wall_seconds": time.monotonic() - begin,
        "tables": {},
        "checkpoint": None,
    }


def _write_json(path: Path, value: Json) -> None:
    write_atomically(path, lambda to: to.write_text(json.dumps(value, indent=1), "utf-8"))
