"""Checks of a run before it starts: models, data, tasks. No weights are loaded.

If the recipe's own packages are not installed (as in the interpreter that describes it), only files are
checked. A hub that does not respond is not a problem: the job may run where it does.
"""

from collections.abc import Iterator
from importlib.util import find_spec

from foretune_protocol.checks import Planned
from foretune_protocol.config import Config

from .check_data import dialogue_problems, text_problems
from .check_models import model_problems, skeleton
from .config import Checkpoint, Evaluate, Indicate, Pretrain, Settings, Sft
from .places import Place, model_named, start_at
from .registry import sft_recipe


def check(run: Planned) -> Iterator[str]:
    """Raises ValueError for a configuration that cannot be read."""
    checks = {"pretrain": _pretrain, "indicate": _indicate, "sft": _sft, "evaluate": _evaluate}
    if run.stage not in checks:
        raise ValueError(f'This recipe has no stage "{run.stage}"; it has {", ".join(checks)}.')
    yield from checks[run.stage](run)


def _pretrain(run: Planned) -> Iterator[str]:
    config = Pretrain.read(run.config)
    step_tokens = config.batch * config.context
    steps = config.train_tokens // step_tokens
    if not steps:
        yield (
            f"train_tokens {config.train_tokens} are less than one step of {config.batch} rows of "
            f"{config.context} tokens."
        )
    else:
        yield from config.late_steps(steps)
    used = [domain for domain, weight in config.mixture.items() if weight > 0]
    for domain in used:
        if domain not in config.text:
            yield f'The mixture has the domain "{domain}", but `text` has only {", ".join(config.text)}.'
    if run.here:
        yield from _model(run, config)
        for domain in used:
            if domain in config.text:
                yield from text_problems(config.text[domain])


def _indicate(run: Planned) -> Iterator[str]:
    config = Indicate.read(run.config)
    if not run.here:
        return
    yield from _model(run, config)
    yield from text_problems(config.development)
    for task in config.tasks.values():
        yield from _harness(task.harness, task.metric)


def _sft(run: Planned) -> Iterator[str]:
    recipe = sft_recipe(run.config.get("sft_recipe", ""))
    config, own = Sft.read_with(getattr(recipe, "Fields", None), run.config)
    if not run.here:
        return
    found = list(_model(run, config))
    yield from found
    yield from dialogue_problems(config.data)
    problems = getattr(recipe, "problems", None)
    if problems and not found:
        yield from _adapted(problems, own, _place(run, config))


def _evaluate(run: Planned) -> Iterator[str]:
    config = Evaluate.read(run.config)
    if run.here:
        yield from _harness(config.harness, config.metric)


def _model(run: Planned, config: Settings) -> Iterator[str]:
    if place := _place(run, config):
        yield from model_problems(place, config.context)


def _adapted(problems, own: Config, place: Place | None) -> Iterator[str]:
    model = skeleton(place) if place else None
    if model is not None:
        yield from problems(own, model)


def _place(run: Planned, config: Settings) -> Place | None:
    """The model that the run starts from, or that what it starts from was made of; None if nobody says."""
    if run.checkpoint:
        return None if run.checkpoint.startswith("s3://") else start_at(run.checkpoint)
    if isinstance(config, Pretrain):
        return model_named(config.model)
    return model_named(Checkpoint.read(run.model)) if run.model else None


def _harness(names: list[str], metric: str) -> Iterator[str]:
    if find_spec("lm_eval"):
        from .check_harness import harness_problems

        yield from harness_problems(tuple(names), metric)
