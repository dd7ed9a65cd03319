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
# The stage that this module carries out itself, for all recipes.
CHECKPOINT = "checkpoint"

Json = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """What a run made: rows by table, and its checkpoint as result.json carries it.

    `earlier`: the checkpoints that a training run passed through, by step: those of `checkpoint_steps`.
    """

    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    checkpoint: Json | None = None
    earlier: Mapping[int, Json] = field(default_factory=dict)


Stage = Callable[[Run], Made]


@dataclass(frozen=True)
class Done:
    """A run's result as result.json carries it, and the earlier checkpoints of a training run."""

    result: Json
    earlier: Mapping[int, Json] = field(default_factory=dict)

    def is_there(self) -> bool:
        """Whether its weights are. An address elsewhere is not asked."""
        made = [self.result["checkpoint"], *self.earlier.values()]
        uris = [one["uri"] for one in made if one]
        return all(local_path(uri).exists() for uri in uris if uri.startswith("file:"))


def run_job(job: Json, recipe_version: str, stages: Mapping[str, Stage]) -> Json:
    """The content of result.json, written to the work folder before it is returned.

    Of several processes that do a job together only the first writes, and none goes on alone after an error.
    """
    if job["format"] != FORMAT:
        raise ValueError(f"job.json has format {job['format']}, this recipe reads format {FORMAT}.")
    work = Path(job["work_dir"])
    done: dict[str, Done] = {}
    result: Json = {}
    for run in job["runs"]:
        done[run["run_id"]] = _recorded(work, run) or _attempt(job, run, stages, done)
        # After every run: one that kills the process must not take the finished ones with it.
        result = {
            "format": FORMAT,
            "job": job["job"],
            "recipe_version": recipe_version,
            "runs": [one.result for one in done.values()],
        }
        if processes.is_first():
            _write_json(work / "result.json", result)
        if processes.count() > 1 and done[run["run_id"]].result["status"] == "failed":
            break
    return result


def _folder(work: Path, run: Json) -> Path:
    return work / "runs" / run["fingerprint"][:16]


def _recorded(work: Path, run: Json) -> Done | None:
    """The result of a run that an earlier attempt at this job finished, its weights still there."""
    path = _folder(work, run) / "result.json"
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    done = Done(kept["result"], {int(step): made for step, made in kept["earlier"].items()})
    return done if kept["fingerprint"] == run["fingerprint"] and done.is_there() else None


def _attempt(job: Json, run: Json, stages: Mapping[str, Stage], done: Mapping[str, Done]) -> Done:
    work = Path(job["work_dir"])
    begin = time.monotonic()
    print(f"{run['run_id']}: started", flush=True)
    try:
        folder = _folder(work, run)
        folder.mkdir(parents=True, exist_ok=True)
        made = _taken(run, done) if run["stage"] == CHECKPOINT else _made(job, run, stages, done, folder)
    except Exception as error:  # what a run raises is its own failure, not the job's
        traceback.print_exc()
        return Done(_result(run, begin, error=f"{type(error).__name__}: {error}"))
    result = _result(run, begin) | {"checkpoint": made.checkpoint}
    if not processes.is_first():
        return Done(result, made.earlier)
    result["tables"] = _written(work, folder, made)
    kept = {"fingerprint": run["fingerprint"], "result": result, "earlier": made.earlier}
    _write_json(folder / "result.json", kept)
    print(f"{run['run_id']}: done in {result['wall_seconds']:.1f} s", flush=True)
    return Done(result, made.earlier)


def _made(job: Json, run: Json, stages: Mapping[str, Stage], done: Mapping[str, Done], folder: Path) -> Made:
    return _stage(run, stages)(Run.of(job, run, folder, _input(run, done)))


def _taken(run: Json, done: Mapping[str, Done]) -> Made:
    """The checkpoint of a training run earlier in this job, at one of its steps."""
    trained, step = run["input"]["run_id"], run["config"]["step"]
    kept = done[trained].earlier if trained in done else {}
    if step not in kept:
        steps = ", ".join(str(one) for one in kept) or "none"
        raise ValueError(f'Run "{trained}" kept no checkpoint of step {step} in this job; it kept: {steps}.')
    return Made(checkpoint=kept[step])


def _stage(run: Json, stages: Mapping[str, Stage]) -> Stage:
    if run["stage"] not in stages:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(stages)}.')
    return stages[run["stage"]]


def _input(run: Json, done: Mapping[str, Done]) -> str | None:
    """The address of the weights that the run starts from: given, or of a run earlier in this job."""
    wanted = run["input"]
    if wanted is None:
        return None
    if wanted["uri"] is not None:
        return wanted["uri"]
    maker = done.get(wanted["run_id"])
    if maker is None or maker.result["checkpoint"] is None:
        raise ValueError(f'Run "{wanted["run_id"]}", whose checkpoint this run reads, left none in this job.')
    return maker.result["checkpoint"]["uri"]


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
