"""The three task families, each a function (world, split, count, seed) -> items."""

from collections.abc import Callable

from ..world.world import World
from .cbqa import cbqa_available, cbqa_items
from .cms import cms_items
from .item import SPLITS, Item
from .rag import rag_items

__all__ = ["DATASETS", "SPLITS", "Item", "available", "items"]

TASKS: dict[str, Callable[[World, str, int, int], list[Item]]] = {
    "cms": cms_items,
    "rag": rag_items,
    "cbqa": cbqa_items,
}
DATASETS = {"cms": "world-habits", "rag": "world-passages", "cbqa": "world-facts"}


def items(task: str, world: World, split: str, count: int, seed: int) -> list[Item]:
    """`count` items of a split; entities of one split stand in no other. Deterministic in `seed`."""
    if task not in TASKS:
        raise ValueError(f'There is no task "{task}"; known: {", ".join(TASKS)}.')
    if split not in SPLITS:
        raise ValueError(f'There is no split "{split}"; known: {", ".join(SPLITS)}.')
    return TASKS[task](world, split, count, seed)


def available(task: str, world: World, split: str) -> int | None:
    """How many items a split has at most, or None where they can be made without end."""
    return cbqa_available(world, split) if task == "cbqa" else None
