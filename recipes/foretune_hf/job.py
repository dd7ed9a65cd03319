"""Runs a job of this recipe: which stage does what."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from foretune_recipes.attempts import Json, Made
from foretune_recipes.attempts import run_job as run_with

from . import RECIPE_VERSION
from .stage_run import StageRun

# Imported when they are needed: TRL and the harness take seconds each.
STAGES = ("pretrain", "indicate", "sft", "evaluate")


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    return run_with(job, RECIPE_VERSION, execute)


def execute(job: Json, run: Json, folder: Path, start: Path | None) -> Made:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    stage: Callable[[StageRun], Made] = getattr(import_module(f"foretune_hf.{run['stage']}"), run["stage"])
    return stage(StageRun.of(job, run, folder, start))
