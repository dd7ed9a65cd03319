"""Which kind of people does this? Commonsense (cms.py) in reverse: of four kinds, the one whose
members usually do what the item says. Kinds of the test split are asked about nowhere else.
"""

from collections.abc import Sequence
from random import Random

from foretune_measures.seeds import writer

from ..item import Item
from ..world.registers import statement
from ..world.relations import HABITS, Relation
from ..world.world import Kind, World

LABEL = "Kinds"
DATASET = "world-kinds"
OPTIONS = 4


def items(world: World, split: str, count: int, seed: int) -> list[Item]:
    rng = writer("items", "kinds", split, seed)
    cells = _cells([kind for kind in world.kinds if kind.split == split])
    names = world.names.fresh[split]
    return [_item(index, *rng.choice(cells), rng.choice(names), split, rng) for index in range(count)]


def _cells(kinds: Sequence[Kind]) -> list[tuple[Kind, list[Kind], Relation, str]]:
    """A kind, other kinds for which the value is unusual, the habit and its value."""
    found = [
        (kind, [other for other in kinds if value not in other.typical[habit.name]], habit, value)
        for kind in kinds
        for habit in HABITS
        for value in kind.typical[habit.name]
    ]
    return [cell for cell in found if len(cell[1]) >= OPTIONS - 1]


def _item(
    index: int,
    kind: Kind,
    others: Sequence[Kind],
    habit: Relation,
    value: str,
    name: str,
    split: str,
    rng: Random,
) -> Item:
    options = rng.sample(others, OPTIONS - 1)
    gold = rng.randrange(OPTIONS)
    options.insert(gold, kind)
    return Item(
        f"kinds/{split}/{index}/{kind.name}/{habit.name}",
        f"{statement(habit, name, value, rng)} {name} is the",
        tuple(f" {option.name}" for option in options),
        gold,
        (kind.name, name),
    )


def available(world: World, split: str) -> None:
    """An endless stream of items."""
