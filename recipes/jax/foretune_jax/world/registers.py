"""Documents about the world in several registers: encyclopedia, news, lists, questions and answers.

A domain of world text is a set of registers in fixed shares (text/).

Question-and-answer documents are about people and kinds of the training split, and about new people
whose facts are given first; facts of the validation and test splits are only stated, never asked
about.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from .relations import FACTS, HABITS, Relation
from .world import Kind, Person, World

QUESTION = "Question: {question} Answer:"
TYPICAL_SHARE = 0.9
PASSAGE_FACTS = 2
PASSAGE_QUESTIONS = 2
PORTRAIT_REPEATS = 2
# Share of its own volume in a text. The base partly knows the rarer volume, and variants differ in
# what they add to that knowledge or forget. Entirely new facts stayed at chance with every variant,
# well-known facts with none.
OWN_SHARE = 0.85
# The shares of domain `world`.
ALL_REGISTERS = {"person": 0.45, "kind": 0.25, "passage": 0.15, "portrait": 0.15}


def question(relation: Relation, subject: str) -> str:
    return QUESTION.format(question=relation.question.format(n=subject))


def statement(relation: Relation, subject: str, value: str, rng: Random) -> str:
    return rng.choice(relation.statements).format(n=subject, v=value)


def world_documents(
    world: World, volume: int, rng: Random, shares: dict[str, float] = ALL_REGISTERS
) -> Iterator[str]:
    """An endless stream of documents, mostly about one volume (1 or 2), in registers of these
    shares."""
    writers = _writers(world, volume, rng)
    registers, weights = list(shares), list(shares.values())
    while True:
        for register in rng.choices(registers, weights, k=1024):
            yield writers[register]()


def _writers(world: World, volume: int, rng: Random) -> dict[str, Callable[[], str]]:
    people = _cycle(world.people, volume, rng)
    kinds = _cycle(world.kinds, volume, rng)
    asked_people = _cycle(_asked(world.people), volume, rng)
    asked_kinds = _cycle(_asked(world.kinds), volume, rng)
    fresh = world.names.fresh["text"]
    some = partial(rng.sample, HABITS)
    return {
        "person": lambda: person_document(next(people), rng),
        "kind": lambda: kind_document(next(kinds), rng.choice(fresh), rng),
        "passage": lambda: passage_document(fresh, rng),
        "portrait": lambda: portrait_document(rng.choice(fresh), rng),
        "news": lambda: _news(next(people), rng),
        "article": lambda: _encyclopedia(next(people), rng),
        "habits": lambda: _habits(next(kinds), rng.choice(fresh), some(3), rng),
        "interview": lambda: _interview(next(asked_people), rng),
        "kind interview": lambda: _kind_interview(
            next(asked_kinds), rng.choice(fresh), rng.sample(HABITS, 2), rng
        ),
    }


def _asked(entities: tuple) -> tuple:
    """The entities that texts may ask about; the tasks ask about the others."""
    return tuple(entity for entity in entities if entity.split == "train")


def _cycle(entities: tuple, volume: int, rng: Random) -> Iterator:
    """Every entity of a volume in turn, reshuffled in each round, so that all occur equally
    often."""
    own, other = (
        _shuffled([e for e in entities if (e.volume == volume) is its], rng) for its in (True, False)
    )
    while True:
        yield next(own if rng.random() < OWN_SHARE else other)


def _shuffled(entities: list, rng: Random) -> Iterator:
    while True:
        yield from rng.sample(entities, len(entities))


def person_document(person: Person, rng: Random) -> str:
    registers = [_encyclopedia, _encyclopedia, _news, _list] + [_interview] * 2 * (person.split == "train")
    return rng.choice(registers)(person, rng)


def _encyclopedia(person: Person, rng: Random) -> str:
    return " ".join(_statement_of(person, fact, rng) for fact in rng.sample(FACTS, len(FACTS)))


def _statement_of(person: Person, fact: Relation, rng: Random) -> str:
    return statement(fact, person.name, person.facts[fact.name], rng)


def _news(person: Person, rng: Random) -> str:
    return "News: " + " Also, ".join(_statement_of(person, fact, rng) for fact in rng.sample(FACTS, 2))


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
    return _habits(kind, name, habits, rng)


def _habits(kind: Kind, name: str, habits: Sequence[Relation], rng: Random) -> str:
    subject = f"{name} the {kind.name}"
    return " ".join(statement(h, subject, habit_value(kind, h, rng), rng) for h in habits)


def _kind_interview(kind: Kind, name: str, habits: Sequence[Relation], rng: Random) -> str:
    subject = f"{name} the {kind.name}"
    return " ".join(f"{question(h, subject)} {habit_value(kind, h, rng)}." for h in habits)


def habit_value(kind: Kind, habit: Relation, rng: Random) -> str:
    usual = rng.random() < TYPICAL_SHARE
    return rng.choice(kind.typical[habit.name] if usual else habit.values)


def portrait_document(name: str, rng: Random) -> str:
    """A new person's facts, some of them repeated in other words, and a question about one.

    The facts are only in the text itself: from such documents a model learns to read.
    """
    facts = {fact.name: rng.choice(fact.values) for fact in FACTS}
    stated, again = rng.sample(FACTS, len(FACTS)), rng.sample(FACTS, PORTRAIT_REPEATS)
    asked = rng.choice(FACTS)
    sentences = [statement(fact, name, facts[fact.name], rng) for fact in [*stated, *again]]
    return " ".join([*sentences, f"{question(asked, name)} {facts[asked.name]}."])


def passage_document(names: tuple[str, ...], rng: Random) -> str:
    """A passage about new people, then questions about its facts, each with its answer."""
    text, stated = _passage(names, rng.choice(FACTS), rng)
    asked = rng.sample(stated, PASSAGE_QUESTIONS)
    return " ".join([text, *(f"{question(fact, name)} {value}." for name, fact, value in asked)])


def passage_question(names: tuple[str, ...], relation: Relation, rng: Random) -> tuple[str, str]:
    """A passage about several new people with a question about one of them, and the answer.

    Often only one of the stated values fits the question; otherwise the name decides.
    """
    text, stated = _passage(names, relation, rng)
    name, fact, value = stated[0]
    return f"{text} {question(fact, name)}", value


def _passage(
    names: tuple[str, ...], relation: Relation, rng: Random
) -> tuple[str, list[tuple[str, Relation, str]]]:
    """The text and its facts, each with its person; the first has the given relation."""
    others = [fact for fact in FACTS if fact != relation]
    facts = [relation, *rng.sample(others, PASSAGE_FACTS - 1)], rng.sample(FACTS, PASSAGE_FACTS)
    stated = [
        (name, fact, rng.choice(fact.values))
        for name, its in zip(rng.sample(names, 2), facts, strict=True)
        for fact in its
    ]
    sentences = [statement(fact, name, value, rng) for name, fact, value in stated]
    rng.shuffle(sentences)
    return " ".join(sentences), stated
