"""Checks of a planned run that cost nothing: names, sizes, numbers of items. Free of JAX."""

from functools import cache

from foretune_protocol.checks import Planned
from foretune_protocol.manifest import Json

from .config import Evaluate, Indicate, Model, Pretrain, Sft
from .elementary import parts_of
from .items import DATA_SEED, refuse_too_many
from .registry import domains, named, sft_recipes, tasks
from .special import BYTES, SPECIAL
from .world.world import World, make_world


def check(run: Planned) -> None:
    """Raises ValueError for a run that cannot be done."""
    checks = {"pretrain": _pretrain, "indicate": _indicate, "sft": _sft, "evaluate": _evaluate}
    if run.stage not in checks:
        raise ValueError(f'This recipe has no stage "{run.stage}"; it has {", ".join(checks)}.')
    checks[run.stage](run.config)


def _pretrain(values: Json) -> None:
    config = Pretrain.read(values)
    _model(config.model)
    for domain in config.mixture:
        named(domains(), "text domain", domain)
    for part in parts_of(config.objectives):
        part.row_length(config.model.context)
    if config.checkpoint_steps and config.step_tokens % config.model.context:
        raise ValueError(
            f"step_tokens {config.step_tokens} is not a multiple of the context, {config.model.context}: a "
            "run whose earlier checkpoints are kept needs whole steps."
        )
    for problem in config.late_steps(config.steps):
        raise ValueError(problem)


def _indicate(values: Json) -> None:
    config = Indicate.read(values)
    _model(config.model)
    for task in config.tasks:
        named(tasks(), "task", task)


def _sft(values: Json) -> None:
    recipe = named(sft_recipes(), "SFT recipe", values.get("sft_recipe", ""))
    config, _ = Sft.read_with(getattr(recipe, "Fields", None), values)
    _model(config.model)
    refuse_too_many(config.task, _world(), "train", config.train_items)


def _evaluate(values: Json) -> None:
    config = Evaluate.read(values)
    _model(config.model)
    refuse_too_many(config.task, _world(), "test", config.test_items)


def _model(model: Model) -> None:
    least = BYTES + len(SPECIAL)
    if model.vocabulary < least:
        raise ValueError(
            f"A vocabulary of {model.vocabulary} cannot hold {BYTES} bytes and {len(SPECIAL)} special "
            f"tokens: use at least {least}."
        )


@cache
def _world() -> World:
    return make_world(DATA_SEED)
