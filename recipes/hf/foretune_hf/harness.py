"""Scores of lm-evaluation-harness, and what each item contributed to them.

A task is named as the harness names it: one of its own, or a YAML file of the folder `tasks` of the data
folder. Loading its own takes seconds, so they are looked for only when they are needed.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import lm_eval
from lm_eval.api.instance import Instance
from lm_eval.api.task import Task
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

from foretune_measures.score import Score
from foretune_protocol.tables import Row

from . import processes
from .harness_items import Sample, first, item, options
from .places import TASKS, data_folder, own_tasks

# Which examples are shown is the same for every variant.
SEED = 1234
BOOTSTRAP = 1000
# Those of which an item has an answer that is right.
OUTPUT_TYPES = ("multiple_choice", "loglikelihood", "generate_until")


@dataclass(frozen=True)
class Scored:
    """One task of the harness: its score and its items."""

    dataset: str
    score: Score
    samples: list[Row]


def scores(lm: HFLM, names: Sequence[str], metric: str, shots: int, limit: int) -> list[Scored]:
    """Of the named tasks; `limit`: items of each at most. Raises what the harness raises."""
    with processes.each_for_itself():
        manager = task_manager(names)
        tasks = _loaded(manager, names)
        found = lm_eval.simple_evaluate(
            model=lm,
            tasks=list(tasks.values()),
            num_fewshot=shots,
            limit=limit,
            bootstrap_iters=BOOTSTRAP,
            # Without one it lists all of its own tasks.
            task_manager=manager,
            random_seed=SEED,
            numpy_random_seed=SEED,
            torch_random_seed=SEED,
            fewshot_random_seed=SEED,
        )
    return [_scored(lm, found, tasks[name], name, metric) for name in names]


def mean(scored: Sequence[Scored]) -> Score:
    """Of several tasks, each counting as much as another."""
    count = len(scored)
    variance = sum(one.score.stderr**2 for one in scored)
    value = sum(one.score.value for one in scored) / count
    return Score(value, math.sqrt(variance) / count, sum(one.score.n for one in scored))


def _loaded(manager: TaskManager, names: Sequence[str]) -> dict[str, Task]:
    tasks = manager.load(list(names))["tasks"]
    for name, task in tasks.items():
        if task.OUTPUT_TYPE not in OUTPUT_TYPES:
            raise ValueError(
                f'Task "{name}" is of the type {task.OUTPUT_TYPE}, which has no right answers; expected one '
                f"of {', '.join(OUTPUT_TYPES)}."
            )
    return tasks


def task_manager(tasks: Sequence[str]) -> TaskManager:
    """One that knows these tasks. Raises ValueError for those that there are not."""
    folder = own_tasks()
    if folder and set(tasks) <= set(_index(str(folder), False).all_subtasks):
        return _index(str(folder), False)
    manager = _index(str(folder) if folder else None, True)
    unknown = sorted(set(tasks) - set(manager.all_subtasks))
    if unknown:
        raise ValueError(
            f"lm-evaluation-harness has no task {', '.join(unknown)} (groups are not tasks), and neither "
            f"has the folder {TASKS} of the data folder (FORETUNE_HF_DATA: {data_folder() or 'not set'})."
        )
    return manager


@cache
def _index(folder: str | None, include_defaults: bool) -> TaskManager:
    """Listing the harness's own tasks takes 7 s, so it is done once per process."""
    return TaskManager(include_path=folder, include_defaults=include_defaults)


def _scored(lm: HFLM, found: dict[str, Any], task: Task, name: str, metric: str) -> Scored:
    numbers = found["results"][name]
    key, rule = _metric_key(name, numbers, metric)
    samples = [one for one in found["samples"][name] if one["filter"] == rule]
    stderr = numbers.get(f"{metric}_stderr,{rule}")
    if not (isinstance(stderr, float) and math.isfinite(stderr)):
        stderr = _stderr([float(one[metric]) for one in samples])
    score = Score(float(numbers[key]), stderr, len(samples))
    return Scored(name, score, [item(lm, task, one, metric) for one in _with_answers(lm, samples)])


def _stderr(values: list[float]) -> float:
    """Of their mean, where the harness has none."""
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def _metric_key(name: str, numbers: dict[str, Any], metric: str) -> tuple[str, str]:
    """The harness names a number `<metric>,<filter>`; the first filter that has it is taken."""
    for key in numbers:
        found, _, rule = key.partition(",")
        if found == metric:
            return key, rule
    metrics = sorted({key.partition(",")[0] for key in numbers if "," in key and "_stderr" not in key})
    raise ValueError(f'Task "{name}" has no metric "{metric}"; it has {", ".join(metrics)}.')


def _with_answers(lm: HFLM, samples: list[Sample]) -> list[Sample]:
    """Items whose answer was generated get the likelihood of the right one: the harness asked for none."""
    generated = [one for one in samples if not options(one)]
    requests = [
        Instance("loglikelihood", {}, (one["arguments"][0][0], f" {first(one['target'])}"), 0)
        for one in generated
    ]
    answers = lm.loglikelihood(requests, disable_tqdm=True) if requests else []
    for one, request, (likelihood, _) in zip(generated, requests, answers, strict=True):
        one["answer"] = (likelihood, request.args[1])
    return samples
