"""Runs a job: its runs in order, a result each, and at the end result.json.

A run that an earlier attempt finished under the same fingerprint is not done again; one that fails
leaves the others that do not need it unharmed.
"""

import json
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import RECIPE_VERSION
from .cache import write_atomically
from .checkpoint import describe, local_path
from .evaluate import evaluate
from .indicate import indicate
from .pretrain import pretrain
from .progress import Progress
from .run import RunContext, RunOutput
from .sft import sft
from .tables import write_table

STAGES = {"pretrain": pretrain, "indicate": indicate, "sft": sft, "evaluate": evaluate}
FORMAT = 1

Json = dict[str, Any]


@dataclass
class Done:
    """Results of the job's runs so far, by run id."""

    results: dict[str, Json]


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    if job["format"] != FORMAT:
        raise ValueError(f"job.json has format {job['format']}, this recipe reads format {FORMAT}.")
    work = Path(job["work_dir"])
    results: dict[str, Json] = {}
    result: Json = {}
    for run in job["runs"]:
        results[run["run_id"]] = _recorded(work, run) or _attempt(job, run, work, results)
        # After every run: one that kills the process must not take the finished ones with it.
        result = {
            "format": FORMAT,
            "job": job["job"],
            "recipe_version": RECIPE_VERSION,
            "runs": list(results.values()),
        }
        _write_json(work / "result.json", result)
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
    if checkpoint and not local_path(checkpoint["uri"]).exists():
        return None
    return kept["result"] if kept["fingerprint"] == run["fingerprint"] else None


def _attempt(job: Json, run: Json, work: Path, results: dict[str, Json]) -> Json:
    begin = time.monotonic()
    print(f"{run['run_id']}: started", flush=True)
    try:
        output = _execute(job, run, work, results)
    except Exception as error:  # what a run raises is its own failure, not the job's
        traceback.print_exc()
        return _result(run, begin, error=f"{type(error).__name__}: {error}")
    result = _result(run, begin) | _written(work, run, output)
    _write_json(_folder(work, run) / "result.json", {"fingerprint": run["fingerprint"], "result": result})
    print(f"{run['run_id']}: done in {result['wall_seconds']:.1f} s", flush=True)
    return result


def _execute(job: Json, run: Json, work: Path, results: dict[str, Json]) -> RunOutput:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    folder = _folder(work, run)
    folder.mkdir(parents=True, exist_ok=True)
    context = RunContext(
        run_id=run["run_id"],
        variant_id=run["variant_id"],
        stage=run["stage"],
        config=run["config"],
        seed=job["seed"],
        input=_input(run, results),
        folder=folder,
        cache_dir=Path(job["cache_dir"]),
        progress=Progress(work / "progress.jsonl", run["run_id"]),
    )
    return STAGES[run["stage"]](context)


def _input(run: Json, results: dict[str, Json]) -> Path | None:
    """Where the weights are that the run starts from: at an address, or made earlier in this job."""
    wanted = run["input"]
    if wanted is None:
        return None
    if wanted["uri"] is not None:
        return local_path(wanted["uri"])
    maker = results.get(wanted["run_id"])
    if maker is None or maker["checkpoint"] is None:
        raise ValueError(f'Run "{wanted["run_id"]}", whose checkpoint this run reads, left none in this job.')
    return local_path(maker["checkpoint"]["uri"])


def _written(work: Path, run: Json, output: RunOutput) -> Json:
    folder = _folder(work, run)
    tables = {name: rows for name, rows in output.tables.items() if rows}
    for name, rows in tables.items():
        write_table(folder / f"{name}.arrow", name, rows)
    named = {name: str((folder / f"{name}.arrow").relative_to(work)) for name in tables}
    if output.model is None or output.cost is None:
        return {"tables": named}
    weights = folder / "weights.safetensors"
    return {"tables": named, "checkpoint": describe(weights, output.model, output.cost)}


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
