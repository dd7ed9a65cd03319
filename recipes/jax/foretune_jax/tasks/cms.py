"""Commonsense: which of four things a member of some kind would plausibly do.

No text states the rule: texts show individual members doing what is usual for their kind (nine
times in ten). Items ask about new members; kinds of the test split are asked about nowhere else.
"""

from random import Random

from foretune_measures.seeds import writer

from ..item import Item
from ..world.registers import question
from ..world.relations import HABITS, Relation
from ..world.world import Kind, World

LABEL = "Commonsense"
DATASET = "world-habits"
OPTIONS = 4


def items(world: World, split: str, count: int, seed: int) -> list[Item]:
    rng = writer("items", "cms", split, seed)
    cells = [
        (kind, habit, value)
        for kind in world.kinds
        if kind.split == split
        for habit in HABITS
        for value in kind.typical[habit.name]
    ]
    names = world.names.fresh[split]
    rounds = range(-(-count // len(cells)))
    order = [cell for _ in rounds for cell in rng.sample(cells, len(cells))]
    return [_item(i, *cell, split, names, rng) for i, cell in enumerate(order[:count])]


def _item(
    index: int,
    kind: Kind,
    habit: Relation,
    value: str,
    split: str,
    names: tuple[str, ...],
    rng: Random,
) -> Item:
    unlikely = [v for v in habit.values if v not in kind.typical[habit.name]]
    options = rng.sample(unlikely, OPTIONS - 1)
    gold = rng.randrange(OPTIONS)
    options.insert(gold, value)
    name = rng.choice(names)
    return Item(
        f"cms/{split}/{index}/{kind.name}/{habit.name}",
        question(habit, f"{name} the {kind.name}"),
        tuple(f" {option}" for option in options),
        gold,
        (kind.name, name),
    )


def available(world: World, split: str) -> None:
    """An endless stream of items."""
