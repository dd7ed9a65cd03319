"""Runs a job of the JAX recipe: which stage does what."""

import os
from pathlib import Path

from . import RECIPE_VERSION, processes
from .attempts import Json, Made, Recipe
from .attempts import run_job as run_with
from .checkpoint import describe
from .distributed import wait_for_all
from .evaluate import evaluate
from .indicate import indicate
from .pretrain import pretrain
from .progress import Progress
from .run import RunContext
from .sft import sft

STAGES = {"pretrain": pretrain, "indicate": indicate, "sft": sft, "evaluate": evaluate}


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    first, alone = processes.is_first(), processes.count() == 1
    return run_with(job, Recipe(RECIPE_VERSION, execute, writes=first, alone=alone))


def execute(job: Json, run: Json, folder: Path, start: Path | None) -> Made:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    log = Path(job["work_dir"]) / "progress.jsonl" if processes.is_first() else Path(os.devnull)
    context = RunContext(
        run_id=run["run_id"],
        variant_id=run["variant_id"],
        stage=run["stage"],
        config=run["config"],
        seed=job["seed"],
        input=start,
        folder=folder,
        cache_dir=Path(job["cache_dir"]),
        progress=Progress(log, run["run_id"]),
    )
    output = STAGES[run["stage"]](context)
    # What the first process wrote is there for all.
    wait_for_all(run["run_id"])
    if output.model is None or output.cost is None:
        return Made(output.tables)
    return Made(output.tables, describe(context.weights, output.model, output.cost))
