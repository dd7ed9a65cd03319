"""Runs a job of the JAX recipe: which stage does what."""

from pathlib import Path

from . import RECIPE_VERSION
from .attempts import Json, Made, Recipe
from .attempts import run_job as run_with
from .checkpoint import describe
from .evaluate import evaluate
from .indicate import indicate
from .pretrain import pretrain
from .progress import Progress
from .run import RunContext
from .sft import sft

STAGES = {"pretrain": pretrain, "indicate": indicate, "sft": sft, "evaluate": evaluate}


def run_job(job: Json) -> Json:
    """The content of result.json, written to the work folder before it is returned."""
    return run_with(job, Recipe(RECIPE_VERSION, execute))


def execute(job: Json, run: Json, folder: Path, start: Path | None) -> Made:
    if run["stage"] not in STAGES:
        raise ValueError(f'This recipe has no stage "{run["stage"]}"; it has {", ".join(STAGES)}.')
    context = RunContext(
        run_id=run["run_id"],
        variant_id=run["variant_id"],
        stage=run["stage"],
        config=run["config"],
        seed=job["seed"],
        input=start,
        folder=folder,
        cache_dir=Path(job["cache_dir"]),
        progress=Progress(Path(job["work_dir"]) / "progress.jsonl", run["run_id"]),
    )
    output = STAGES[run["stage"]](context)
    if output.model is None or output.cost is None:
        return Made(output.tables)
    return Made(output.tables, describe(context.weights, output.model, output.cost))
