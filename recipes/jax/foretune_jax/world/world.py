"""The world: its people, their facts, and what is usual for each kind of people.

Half of the people and kinds are in volume 1, which is most of what the shared base reads, and half
in volume 2, which is most of what variants read.
"""

from dataclasses import dataclass
from random import Random

from foretune_measures.seeds import writer

from .names import Names, invent_names
from .relations import FACTS, HABITS, Relation

PEOPLE = 128
KINDS = 48
TYPICAL = 2
SPLIT_OF_EIGHT = ("train", "train", "train", "train", "validation", "test", "test", "test")


@dataclass(frozen=True)
class Person:
    name: str
    volume: int
    split: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Kind:
    """`typical` values make up nine in ten of what its members do; all other values are
    unlikely."""

    name: str
    volume: int
    split: str
    typical: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class World:
    names: Names
    people: tuple[Person, ...]
    kinds: tuple[Kind, ...]


def make_world(seed: int) -> World:
    rng = writer("world", seed)
    names = invent_names(PEOPLE, KINDS, rng)
    people = tuple(Person(name, *_place(i), _facts(rng)) for i, name in enumerate(names.known))
    kinds = tuple(Kind(name, *_place(i), _habits(rng)) for i, name in enumerate(names.kinds))
    return World(names, people, kinds)


def _place(index: int) -> tuple[int, str]:
    """Volume and split of the index-th entity: every volume holds every split in the same
    proportion."""
    return 1 + index % 2, SPLIT_OF_EIGHT[index // 2 % 8]


def _facts(rng: Random) -> dict[str, str]:
    return {fact.name: rng.choice(fact.values) for fact in FACTS}


def _habits(rng: Random) -> dict[str, tuple[str, ...]]:
    return {habit.name: _draw(rng, habit, TYPICAL) for habit in HABITS}


def _draw(rng: Random, relation: Relation, count: int) -> tuple[str, ...]:
    return tuple(rng.sample(relation.values, count))
