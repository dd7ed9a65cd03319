"""The invented world: decided by its seed, and what its texts say is so."""

import hashlib
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from jobs import PYTHONPATH

from foretune_jax.item import SPLITS, Item
from foretune_jax.items import items
from foretune_jax.world.registers import OWN_SHARE, habit_value, person_document, world_documents
from foretune_jax.world.relations import FACTS, HABITS
from foretune_jax.world.world import World, make_world
from foretune_measures.seeds import writer

TASKS = ("cms", "rag", "cbqa")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7)


def documents(world: World, volume: int, count: int) -> list[str]:
    return list(islice(world_documents(world, volume, writer("test documents")), count))


def everything(seed: int) -> list[str]:
    made = make_world(seed)
    asked = [repr(items(task, made, split, 24, seed)) for task in TASKS for split in SPLITS]
    return [repr(made), *documents(made, 1, 300), *documents(made, 2, 300), *asked]


def digest(seed: int) -> str:
    return hashlib.sha256("\n".join(everything(seed)).encode()).hexdigest()


def test_one_seed_always_makes_the_same_world_texts_and_items():
    assert everything(3) == everything(3)


def test_another_process_makes_the_same_world():
    """Whose sets and dictionaries of strings are hashed another way."""
    program = "import sys; import test_world; print(test_world.digest(3))"
    here = Path(__file__).parent
    environment = {"PYTHONHASHSEED": "1234", "PYTHONPATH": f"{here}:{here.parent}:{PYTHONPATH}"}
    command = [sys.executable, "-B", "-c", program]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == digest(3)


def test_another_seed_makes_other_people_with_other_facts():
    first, second = make_world(1), make_world(2)
    assert first.names.known != second.names.known
    assert [p.facts for p in first.people] != [p.facts for p in second.people]
    assert [k.typical for k in first.kinds] != [k.typical for k in second.kinds]


@pytest.mark.parametrize("task", TASKS)
def test_another_seed_asks_other_items(task: str):
    def asked(seed: int) -> set[str]:
        return {item.prompt for item in items(task, make_world(seed), "test", 48, seed)}

    assert len(asked(1) & asked(2)) < 24


def test_no_two_entities_share_a_name(world: World):
    pools = [world.names.known, *world.names.fresh.values(), world.names.kinds]
    names = [name for pool in pools for name in pool]
    assert len(names) == len(set(names))


def test_both_volumes_hold_every_split_in_equal_numbers(world: World):
    for entities in (world.people, world.kinds):
        counts = [[(e.volume, e.split) for e in entities].count((v, s)) for v in (1, 2) for s in SPLITS]
        assert counts[:3] == counts[3:]
        assert all(counts)


# ---- Texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("volume", [1, 2])
def test_a_text_tells_of_everybody_and_mostly_of_its_own_volume(world: World, volume: int):
    counts = Counter(" ".join(documents(world, volume, 8000)).replace(",", " ").split())
    for entities in (world.people, world.kinds):
        assert all(counts[entity.name] for entity in entities)
        own = sum(counts[entity.name] for entity in entities if entity.volume == volume)
        share = own / sum(counts[entity.name] for entity in entities)
        assert share == pytest.approx(OWN_SHARE, abs=0.03)


def test_what_is_told_of_a_person_is_true_and_in_time_complete(world: World):
    rng = writer("told")
    for person in world.people[:16]:
        text = " ".join(person_document(person, rng) for _ in range(40))
        for fact in FACTS:
            true = person.facts[fact.name]
            assert true in text
            for value in fact.values:
                stated = [s.format(n=person.name, v=value) in text for s in fact.statements]
                assert value == true or not any(stated)


def test_kinds_mostly_do_what_is_typical_of_them(world: World):
    rng = writer("habits")
    drawn = [
        habit_value(kind, habit, rng) in kind.typical[habit.name]
        for kind in world.kinds
        for habit in HABITS
        for _ in range(50)
    ]
    assert 0.85 < sum(drawn) / len(drawn) < 0.97


# ---- Items ---------------------------------------------------------------------------------


def test_closed_book_answers_are_the_facts(world: World):
    facts = {(p.name, f.question.format(n=p.name)): p.facts[f.name] for p in world.people for f in FACTS}
    for item in items("cbqa", world, "test", 48, 7):
        (name,) = item.entities
        asked = item.prompt.removeprefix("Question: ").removesuffix(" Answer:")
        assert item.answer == f" {facts[name, asked]}"
        assert len(item.options) == 1


def test_more_closed_book_items_than_facts_are_refused(world: World):
    with pytest.raises(ValueError, match="ask for at most"):
        items("cbqa", world, "test", 10**6, 7)


def test_only_the_right_option_of_a_commonsense_item_is_typical(world: World):
    typical = {kind.name: kind.typical for kind in world.kinds}
    for item in items("cms", world, "test", 200, 7):
        kind, habit = item.item_id.split("/")[-2:]
        usual = [option.strip() in typical[kind][habit] for option in item.options]
        assert usual == [i == item.gold for i in range(len(item.options))]
        assert kind in item.prompt.rstrip(" Answer:?").replace("?", " ").split()


def test_right_options_stand_in_every_place_about_equally_often(world: World):
    gold = [item.gold for item in items("cms", world, "train", 800, 7)]
    assert all(150 < gold.count(place) < 250 for place in range(4))


def test_a_passage_tells_the_answer_of_the_person_it_asks_about(world: World):
    for item in items("rag", world, "test", 200, 7):
        answers = set(stated_answers(item))
        assert answers == {item.answer.strip()}
        assert len(item.options) == 1


def stated_answers(item: Item) -> list[str]:
    """Every value that the passage states for the person and the relation of its question."""
    passage, _, asked = item.prompt.removesuffix(" Answer:").rpartition(" Question: ")
    return [
        value
        for fact in FACTS
        for name in item.entities
        if fact.question.format(n=name) == asked
        for value in fact.values
        if any(statement.format(n=name, v=value) in passage for statement in fact.statements)
    ]


@pytest.mark.parametrize(("task", "split"), [("poetry", "test"), ("cms", "tests")])
def test_unknown_tasks_and_splits_are_refused_with_the_known_ones(world: World, task: str, split: str):
    with pytest.raises(ValueError, match=r"known: (cbqa, cms, |train, validation, test)"):
        items(task, world, split, 1, 7)
