"""Runs a job of this recipe: which stage does what."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from foretune_recipes.attempts import Json, Made, Recipe
from foretune_recipes.attempts import run_job as run_with
from foretune_recipes.progress import Progress

from . import RECIPE_VERSION, processes
from .stage_run import StageRun

# Imported when they are needed: TRL and the harness take seconds each.
STAGES = ("pretrain", "indicate", "sft", "evaluate")


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    first = processes.is_first()
    return run_with(job, Recipe(RECIPE_VERSION, execute, writes=first, alone=processes.count() == 1))


def execute(job: Json, run: Json, folder: Path, start: Path | None) -> Made:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    stage: Callable[[StageRun], Made] = getattr(import_module(f"foretune_hf.{run['stage']}"), run["stage"])
    log = Path(job["work_dir"]) / "progress.jsonl" if processes.is_first() else Path("/dev/null")
    return stage(
        StageRun(
            run_id=run["run_id"],
            stage=run["stage"],
            config=run["config"],
            seed=job["seed"],
            input=start,
            folder=folder,
            cache_dir=Path(job["cache_dir"]) / "hf",
            progress=Progress(log, run["run_id"]),
        )
    )
