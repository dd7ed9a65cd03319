"""No answer of a test item can be had but by the road that its task is about."""

import re
from itertools import islice

import pytest

from foretune_recipes.seeds import writer
from foretune_recipes.tasks import SPLITS, Item, available, items
from foretune_recipes.text import REAL_TEXT
from foretune_recipes.world.registers import world_documents
from foretune_recipes.world.world import World, make_world

TASKS = ("cms", "rag", "cbqa")
QUESTION = re.compile(r"Question: ([^?]*\?) Answer: ?(\S*)")
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7)


@pytest.fixture(scope="module")
def texts(world: World) -> list[str]:
    """Much of what any model reads of the world."""
    return [
        text
        for volumes in (1, 2)
        for text in islice(world_documents(world, volumes, writer("leaks", volumes)), 12_000)
    ]


def asked(task: str, world: World, split: str) -> list[Item]:
    return items(task, world, split, available(task, world, split) or 1500, 7)


@pytest.mark.parametrize("task", TASKS)
def test_splits_share_no_entity_and_no_question(task: str, world: World):
    seen: set[str] = set()
    for split in SPLITS:
        made = asked(task, world, split)
        fresh = {entity for item in made for entity in item.entities} | {item.prompt for item in made}
        assert not seen & fresh
        seen |= fresh


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("split", ["validation", "test"])
def test_no_text_asks_about_an_entity_that_a_test_asks_about(
    task: str, split: str, world: World, texts: list[str]
):
    entities = {entity for item in asked(task, world, split) for entity in item.entities}
    questions = [question for text in texts for question, _ in QUESTION.findall(text)]
    assert len(questions) > 1000
    assert not entities & {word for question in questions for word in WORD.findall(question)}


def test_no_text_names_the_people_of_test_passages(world: World, texts: list[str]):
    strangers = {entity for item in asked("rag", world, "test") for entity in item.entities}
    assert not strangers & {word for text in texts for word in WORD.findall(text)}


def test_no_text_names_the_members_that_commonsense_tests_ask_about(world: World, texts: list[str]):
    kinds = {kind.name for kind in world.kinds}
    members = {entity for item in asked("cms", world, "test") for entity in item.entities} - kinds
    assert members
    assert not members & {word for text in texts for word in WORD.findall(text)}


def test_closed_book_answers_are_stated_by_texts(world: World, texts: list[str]):
    """Else the task would ask what nobody could know."""
    told = {(name, word) for text in texts for name, word in pairs(world, text)}
    for item in asked("cbqa", world, "test"):
        assert (item.entities[0], item.answer.strip()) in told


def pairs(world: World, text: str) -> set[tuple[str, str]]:
    words = set(WORD.findall(text))
    return {(name, word) for name in words & set(world.names.known) for word in words}


@pytest.mark.parametrize("domain", sorted(REAL_TEXT))
def test_development_text_states_no_tested_fact(domain: str, world: World):
    """A perplexity on text that restated them would be a copy of the task."""
    tested = {(item.entities[0], item.answer.strip()) for item in asked("cbqa", world, "test")}
    for document in REAL_TEXT[domain]("dev"):
        assert not tested & pairs(world, document)


def test_the_world_has_no_development_text():
    assert "world" not in REAL_TEXT
