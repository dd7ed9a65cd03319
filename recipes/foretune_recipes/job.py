"""Runs a job of the JAX recipe: which stage does what."""

from pathlib import Path

from . import RECIPE_VERSION
from .attempts import Json, Made
from .attempts import run_job as run_with
from .checkpoint import describe
from .distributed import wait_for_all
from .evaluate import evaluate
from .indicate import indicate
from .pretrain import pretrain
from .run import RunContext
from .sft import sft

STAGES = {"pretrain": pretrain, "indicate": indicate, "sft": sft, "evaluate": evaluate}


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    return run_with(job, RECIPE_VERSION, execute)


def execute(job: Json, run: Json, folder: Path, start: Path | None) -> Made:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    context = RunContext.of(job, run, folder, start)
    output = STAGES[run["stage"]](context)
    # What the first process wrote is there for all.
    wait_for_all(run["run_id"])
    if output.model is None or output.cost is None:
        return Made(output.tables)
    return Made(output.tables, describe(context.weights, output.model, output.cost))
