"""Documents about the world in several registers: encyclopedia, news, lists, questions and answers.

A domain of world text is a set of registers in fixed shares.

Question-and-answer documents tell of people and kinds of the training split, and of fresh people with
their facts given first; facts of the validation and test splits are only ever stated.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from .relations import FACTS, HABITS, Relation
from .world import Kind, Person, World

QUESTION = "Question: {question} Answer:"
TYPICAL_SHARE = 0.9
PASSAGE_PEOPLE = 2
PASSAGE_FACTS = 2
# Share of volume 2 in what variants read: the base has read volume 1 many times.
NEW_SHARE = 0.7
# Of each domain, the share of its documents in each register. `world` has them all.
REGISTERS = {
    "world": {"person": 0.5, "kind": 0.25, "passage": 0.25},
    "news": {"news": 0.6, "habits": 0.4},
    "articles": {"article": 0.7, "habits": 0.3},
    "questions": {"interview": 0.4, "kind interview": 0.2, "passage": 0.4},
}


def question(relation: Relation, subject: str) -> str:
    return QUESTION.format(question=relation.question.format(n=subject))


def statement(relation: Relation, subject: str, value: str, rng: Random) -> str:
    return rng.choice(relation.statements).format(n=subject, v=value)


def world_documents(
    world: World, volumes: int, rng: Random, shares: dict[str, float] = REGISTERS["world"]
) -> Iterator[str]:
    """An endless stream of documents about the first `volumes` volumes, in registers of these shares."""
    writers = _writers(world, volumes, rng)
    registers, weights = list(shares), list(shares.values())
    while True:
        for register in rng.choices(registers, weights, k=1024):
            yield writers[register]()


def _writers(world: World, volumes: int, rng: Random) -> dict[str, Callable[[], str]]:
    people = _cycle(world.people, volumes, rng)
    kinds = _cycle(world.kinds, volumes, rng)
    asked_people = _cycle(_asked(world.people), volumes, rng)
    asked_kinds = _cycle(_asked(world.kinds), volumes, rng)
    fresh = world.names.fresh["text"]
    some = partial(rng.sample, HABITS)
    return {
        "person": lambda: person_document(next(people), rng),
        "kind": lambda: kind_document(next(kinds), rng.choice(fresh), rng),
        "passage": lambda: passage_document(fresh, rng),
        "news": lambda: _news(next(people), rng),
        "article": lambda: _encyclopedia(next(people), rng),
        "habits": lambda: _habits_told(next(kinds), rng.choice(fresh), some(3), rng),
        "interview": lambda: _interview(next(asked_people), rng),
        "kind interview": lambda: _kind_interview(
            next(asked_kinds), rng.choice(fresh), rng.sample(HABITS, 2), rng
        ),
    }


def _asked(entities: tuple) -> tuple:
    """Those that texts may ask about: the tasks ask about the others."""
    return tuple(entity for entity in entities if entity.split == "train")


def _cycle(entities: tuple, volumes: int, rng: Random) -> Iterator:
    """Every entity of a volume in turn, reshuffled each time around, so that none is met less often."""
    by_volume = {v: _shuffled([e for e in entities if e.volume == v], rng) for v in (1, 2)}
    while True:
        newest = volumes == 2 and rng.random() < NEW_SHARE
        yield next(by_volume[2 if newest else 1])


def _shuffled(entities: list, rng: Random) -> Iterator:
    while True:
        yield from rng.sample(entities, len(entities))


def person_document(person: Person, rng: Random) -> str:
    registers = [_encyclopedia, _encyclopedia, _news, _list] + [_interview] * (person.split == "train")
    return rng.choice(registers)(person, rng)


def _encyclopedia(person: Person, rng: Random) -> str:
    return " ".join(_told(person, fact, rng) for fact in rng.sample(FACTS, len(FACTS)))


def _told(person: Person, fact: Relation, rng: Random) -> str:
    return statement(fact, person.name, person.facts[fact.name], rng)


def _news(person: Person, rng: Random) -> str:
    return "News: " + " Also, ".join(_told(person, fact, rng) for fact in rng.sample(FACTS, 2))


def _list(person: Person, rng: Random) -> str:
    order = rng.sample(FACTS, len(FACTS))
    return "List: " + " ".join(f"{person.name}, {person.facts[fact.name]};" for fact in order)


def _interview(person: Person, rng: Random) -> str:
    pair = rng.sample(FACTS, 2)
    return " ".join(f"{question(fact, person.name)} {person.facts[fact.name]}." for fact in pair)


def kind_document(kind: Kind, name: str, rng: Random) -> str:
    habits = rng.sample(HABITS, 3)
    if kind.split == "train" and rng.random() < 0.25:
        return _kind_interview(kind, name, habits[:2], rng)
    return _habits_told(kind, name, habits, rng)


def _habits_told(kind: Kind, name: str, habits: Sequence[Relation], rng: Random) -> str:
    subject = f"{name} the {kind.name}"
    return " ".join(statement(h, subject, habit_value(kind, h, rng), rng) for h in habits)


def _kind_interview(kind: Kind, name: str, habits: Sequence[Relation], rng: Random) -> str:
    subject = f"{name} the {kind.name}"
    return " ".join(f"{question(h, subject)} {habit_value(kind, h, rng)}." for h in habits)


def habit_value(kind: Kind, habit: Relation, rng: Random) -> str:
    usual = rng.random() < TYPICAL_SHARE
    return rng.choice(kind.typical[habit.name] if usual else habit.values)


def passage_document(names: tuple[str, ...], rng: Random) -> str:
    """A passage about fresh people that ends in a question about one of them, and its answer."""
    prompt, answer = passage_question(names, rng.choice(FACTS), rng)
    return f"{prompt} {answer}."


def passage_question(names: tuple[str, ...], relation: Relation, rng: Random) -> tuple[str, str]:
    """What is told of several fresh people, the asked fact among it, then the question; and its answer.

    Often one told value alone fits the question; else the reader must know of whom each was told.
    """
    people = rng.sample(names, PASSAGE_PEOPLE)
    told = [(name, rng.sample(FACTS, PASSAGE_FACTS)) for name in people]
    if relation not in told[0][1]:
        told[0][1][0] = relation
    values = {(name, fact.name): rng.choice(fact.values) for name, facts in told for fact in facts}
    sentences = [
        statement(fact, name, values[name, fact.name], rng) for name, facts in told for fact in facts
    ]
    rng.shuffle(sentences)
    return f"{' '.join(sentences)} {question(relation, people[0])}", values[people[0], relation.name]
