"""Closed-book QA: facts about known people that only the pre-training text states.

People of the test split are never asked about in any text or fine-tuning set: the model must have
learned the fact from prose, and the form of the question from other people (arXiv 2309.14316,
section 3).
"""

from foretune_measures.seeds import writer

from ..item import Item
from ..world.registers import question
from ..world.relations import FACTS
from ..world.world import World

LABEL = "Closed-book QA"
DATASET = "world-facts"
OPTIONS = 1


def items(world: World, split: str, count: int, seed: int) -> list[Item]:
    known = [
        Item(
            f"cbqa/{split}/{person.name}/{fact.name}",
            question(fact, person.name),
            (f" {person.facts[fact.name]}",),
            0,
            (person.name,),
        )
        for person in world.people
        if person.split == split
        for fact in FACTS
    ]
    return writer("items", "cbqa", split, seed).sample(known, count)


def available(world: World, split: str) -> int:
    """The number of people times the number of facts."""
    return len(FACTS) * sum(person.split == split for person in world.people)
