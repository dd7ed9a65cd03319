"""Whether lm-evaluation-harness has tasks and metrics, by its index: no data set is loaded."""

from collections.abc import Iterator
from functools import cache

from lm_eval.api.registry import DEFAULT_METRIC_REGISTRY
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

from .harness import OUTPUT_TYPES, task_manager


@cache
def harness_problems(names: tuple[str, ...], metric: str) -> list[str]:
    try:
        manager = task_manager(names)
    except ValueError as error:
        return [str(error)]
    return [problem for name in names for problem in _problems(manager, name, metric)]


def _problems(manager: TaskManager, name: str, metric: str) -> Iterator[str]:
    """None of a task that is a program: what that measures is not known before it runs."""
    file = manager.task_index[name].yaml_path
    settings = load_yaml(file, resolve_func=False) if file else {}
    kind = settings.get("output_type")
    if kind is not None and kind not in OUTPUT_TYPES:
        yield (
            f'Task "{name}" is of the type {kind}, which has no right answers; expected one of '
            f"{', '.join(OUTPUT_TYPES)}."
        )
    elif kind is not None and "process_results" not in settings and "class" not in settings:
        listed = settings.get("metric_list")
        metrics = [one["metric"] for one in listed] if listed else DEFAULT_METRIC_REGISTRY[kind]
        if metric not in metrics:
            yield f'Task "{name}" has no metric "{metric}"; it has {", ".join(map(str, metrics))}.'
