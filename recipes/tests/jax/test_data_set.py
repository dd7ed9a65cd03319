"""The data set that every study shares: what a base and its variants read, and what the tasks ask.

Its texts and items are decided by DATA_SEED alone. Outcomes of two versions of this recipe can be
compared only where both versions read and ask the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import pytest

from foretune_jax.domains import domain_documents
from foretune_jax.item import SPLITS
from foretune_jax.items import DATA_SEED, items
from foretune_jax.world.world import World, make_world

DOCUMENTS = 20_000


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(DATA_SEED)


def read(world: World, domain: str, volume: int, count: int) -> Iterator[str]:
    return islice(domain_documents(world, DATA_SEED, domain, "train", volume), count)


def digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


# ---- Known answers: where one changes on purpose, raise RECIPE_VERSION ---------------------


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("news", "b9919c76d4de1f9c"), ("questions", "382c19a598d66a68"), ("world", "69a7ed99a24d75c9")],
)
def test_a_text_is_that_of_this_version(world: World, domain: str, expected: str):
    assert digest(text for volume in (1, 2) for text in read(world, domain, volume, 500)) == expected


@pytest.mark.parametrize(
    ("task", "expected"),
    [("cbqa", "dc0c3fec3fd9c35a"), ("cms", "98ab9b0a88e818ed"), ("rag", "1420b3633dbcacb6")],
)
def test_items_are_those_of_this_version(world: World, task: str, expected: str):
    asked = [item for split in SPLITS for item in items(task, world, split, 24, DATA_SEED)]
    assert digest(f"{item.prompt}|{item.options}|{item.gold}" for item in asked) == expected


# ---- The forms of the texts ----------------------------------------------------------------

# Of domain `world`. Who is of the training split, as half of all are, is also asked about.
FORMS = {
    "person stated": 0.45 * (1 / 2 * 2 / 6 + 1 / 2 * 2 / 4),
    "person news": 0.45 * (1 / 2 * 1 / 6 + 1 / 2 * 1 / 4),
    "person list": 0.45 * (1 / 2 * 1 / 6 + 1 / 2 * 1 / 4),
    "person asked": 0.45 * (1 / 2 * 2 / 6),
    "kind stated": 0.25 * (1 - 1 / 2 * 1 / 4),
    "kind asked": 0.25 * (1 / 2 * 1 / 4),
    "passage": 0.15,
    "portrait": 0.15,
}


def form_of(document: str, kinds: set[str]) -> str:
    asked = document.count("Question:")
    if asked and not document.startswith("Question:"):
        return "passage" if asked == 2 else "portrait"
    whom = "person" if kinds.isdisjoint(document.split()) else "kind"
    heads = {"News": "news", "List": "list", "Question": "asked"}
    return f"{whom} {heads.get(document.partition(':')[0], 'stated')}"


@pytest.mark.parametrize("volume", [1, 2])
def test_every_form_has_its_share_of_what_is_read(world: World, volume: int):
    kinds = {kind.name for kind in world.kinds}
    found = Counter(form_of(document, kinds) for document in read(world, "world", volume, DOCUMENTS))
    assert {form: count / DOCUMENTS for form, count in found.items()} == pytest.approx(FORMS, abs=0.01)
