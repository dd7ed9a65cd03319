"""No answer of a test item can be had but by the road that its task is about."""

import re
from itertools import islice

import pytest

from foretune_jax.domains import domain_documents, is_real
from foretune_jax.item import SPLITS, Item
from foretune_jax.items import items
from foretune_jax.registry import domains, tasks
from foretune_jax.world.world import World, make_world

TASKS = ("cms", "rag", "cbqa")
WORLD_DOMAINS = [domain for domain in domains() if not is_real(domain)]
REAL = [domain for domain in domains() if is_real(domain)]
BLENDS = {name: module.BLEND for name, module in domains().items() if hasattr(module, "BLEND")}
# Those whose documents ask, and those that state the facts of everybody.
ASKING = {"world", "web", "questions"}
STATING = {"world", "web", "news", "encyclopedia"}
QUESTION = re.compile(r"Question: ([^?]*\?) Answer: ?(\S*)")
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7)


@pytest.fixture(scope="module", params=WORLD_DOMAINS)
def domain(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def texts(world: World, domain: str) -> list[str]:
    """Much of what any model reads of the world in one domain."""
    return [
        text
        for volume in (1, 2)
        for text in islice(domain_documents(world, 7, domain, "train", volume), 12_000)
    ]


def asked(task: str, world: World, split: str) -> list[Item]:
    return items(task, world, split, tasks()[task].available(world, split) or 1500, 7)


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
    task: str, split: str, world: World, domain: str, texts: list[str]
):
    entities = {entity for item in asked(task, world, split) for entity in item.entities}
    questions = [question for text in texts for question, _ in QUESTION.findall(text)]
    assert len(questions) > 1000 if domain in ASKING else not questions
    assert not entities & {word for question in questions for word in WORD.findall(question)}


def test_no_text_names_the_people_of_test_passages(world: World, texts: list[str]):
    strangers = {entity for item in asked("rag", world, "test") for entity in item.entities}
    assert not strangers & {word for text in texts for word in WORD.findall(text)}


def test_no_text_names_the_members_that_commonsense_tests_ask_about(world: World, texts: list[str]):
    kinds = {kind.name for kind in world.kinds}
    members = {entity for item in asked("cms", world, "test") for entity in item.entities} - kinds
    assert members
    assert not members & {word for text in texts for word in WORD.findall(text)}


def test_closed_book_answers_are_stated_by_texts(world: World, domain: str, texts: list[str]):
    """Else the task would ask what nobody could know. Where questions are asked, nobody tested is
    stated of."""
    stated = {(name, word) for text in texts for name, word in pairs(world, text)}
    answers = {(item.entities[0], item.answer.strip()) for item in asked("cbqa", world, "test")}
    if domain in STATING:
        assert answers <= stated
    else:
        assert not {name for name, _ in answers} & {name for name, _ in stated}


def pairs(world: World, text: str) -> set[tuple[str, str]]:
    words = set(WORD.findall(text))
    return {(name, word) for name in words & set(world.names.known) for word in words}


@pytest.mark.parametrize("real", REAL)
def test_development_text_states_no_tested_fact(real: str, world: World):
    """A perplexity on text that restated them would be a copy of the task."""
    tested = {(item.entities[0], item.answer.strip()) for item in asked("cbqa", world, "test")}
    for document in domains()[real].documents("dev"):
        assert not tested & pairs(world, document)


def test_text_about_the_world_has_no_development_text(world: World, domain: str):
    with pytest.raises(ValueError, match=f'"{domain}" is about the invented world: it has no dev text'):
        domain_documents(world, 7, domain, "dev", 2)


@pytest.mark.parametrize("blend", sorted(BLENDS))
def test_blends_hold_no_development_text(blend: str, world: World):
    dev, train = (
        {text for part in BLENDS[blend] for text in domains()[part].documents(split)}
        for split in ("dev", "train")
    )
    read = set(islice(domain_documents(world, 7, blend, "train", 2), 12_000))
    assert read & train
    assert not read & (dev - train)
