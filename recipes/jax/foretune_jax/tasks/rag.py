"""Question answering from a passage about unseen people: it tests reading, not knowledge."""

from foretune_measures.seeds import writer

from ..item import Item
from ..world.registers import passage_question
from ..world.relations import FACTS
from ..world.world import World

LABEL = "Reading a passage"
DATASET = "world-passages"
OPTIONS = 1


def items(world: World, split: str, count: int, seed: int) -> list[Item]:
    rng = writer("items", "rag", split, seed)
    names = world.names.fresh[split]
    made = []
    for i in range(count):
        prompt, answer = passage_question(names, FACTS[i % len(FACTS)], rng)
        entities = tuple(name for name in names if name in prompt.replace(".", " ").replace("?", " ").split())
        made.append(Item(f"rag/{split}/{i}", prompt, (f" {answer}",), 0, entities))
    return made


def available(world: World, split: str) -> None:
    """An endless stream of items."""
