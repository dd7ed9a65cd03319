"""The items of a task. The world, its texts and its questions are one data set, the same for every
study."""

from .item import SPLITS, Item
from .registry import named, tasks
from .world.world import World

# A study's seed changes only training, so the data are the same for all seeds.
DATA_SEED = 0


def items(task: str, world: World, split: str, count: int, seed: int) -> list[Item]:
    """`count` items of a split. No entity is in two splits. Deterministic for a given `seed`."""
    if split not in SPLITS:
        raise ValueError(f'There is no split "{split}"; known: {", ".join(SPLITS)}.')
    refuse_too_many(task, world, split, count)
    return tasks()[task].items(world, split, count, seed)


def refuse_too_many(task: str, world: World, split: str, count: int) -> None:
    there = named(tasks(), "task", task).available(world, split)
    if there is not None and count > there:
        raise ValueError(
            f"Task {task} has {there} {split} items, but {count} were requested. Request at most {there}."
        )


def dataset_of(task: str) -> str:
    return named(tasks(), "task", task).DATASET
