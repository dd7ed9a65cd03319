"""Length filters and domain tags, against slow ones on documents as lists."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs import MODEL

from foretune_jax.config import Pretrain
from foretune_jax.corpus import SMALLEST_POOL, Corpus, Pool
from foretune_jax.interventions import between, length_bounds, tagged, training_pool
from foretune_jax.special import DOCUMENT

PRETRAIN = {
    "model": MODEL,
    "seed": 1,
    "objective": "clm",
    "mixture": {"world": 1.0},
    "lr": 0.001,
    "train_tokens": 1,
}

checked = settings(max_examples=100, deadline=None, derandomize=True)
lengths = st.lists(st.integers(1, 9), min_size=2, max_size=20)
Documents = list[list[int]]


def pool_of(documents: Documents) -> Pool:
    sizes = [len(document) for document in documents]
    return Pool(
        np.array([token for document in documents for token in document], np.uint16),
        np.cumsum([0, *sizes])[:-1].astype(np.int32),
    )


def documents_of(pool: Pool) -> Documents:
    ends = [*pool.starts[1:].tolist(), len(pool.tokens)]
    return [pool.tokens[a:b].tolist() for a, b in zip(pool.starts.tolist(), ends, strict=True)]


def numbered(sizes: list[int]) -> Documents:
    """Documents of these sizes whose tokens all differ."""
    at = iter(range(100, 100 + sum(sizes)))
    return [[DOCUMENT, *(next(at) for _ in range(size - 1))] for size in sizes]


def config_of(tag: bool = False, length_filter: str = "all") -> Pretrain:
    return Pretrain.read(PRETRAIN | {"tag": tag, "length_filter": length_filter})


@checked
@given(sizes=lengths, low=st.integers(1, 9), high=st.integers(1, 9))
def test_documents_of_other_lengths_are_left_out(sizes: list[int], low: int, high: int):
    documents = numbered(sizes)
    kept = [document for document in documents[:-1] if low <= len(document) <= high]
    found = between(pool_of(documents), low, high)
    assert documents_of(found) == (kept or [[]])


@checked
@given(sizes=lengths, tag=st.lists(st.integers(50, 60), min_size=1, max_size=4))
def test_a_tag_stands_behind_every_document_mark(sizes: list[int], tag: list[int]):
    documents = numbered(sizes)
    found = tagged(pool_of(documents), tag)
    assert documents_of(found) == [[DOCUMENT, *tag, *document[1:]] for document in documents]
    assert found.tokens.dtype == np.uint16
    assert found.starts.dtype == np.int32


def test_bounds_are_the_percentiles_of_whole_documents():
    pool = pool_of(numbered([1, 2, 3, 4, 5, 9]))  # the last one may have been cut
    assert length_bounds(pool, "25-75") == (2, 4)
    assert length_bounds(pool, "75-100") == (4, 5)


def test_without_interventions_the_pool_is_the_corpus_s(corpus: Corpus):
    plain = training_pool(corpus, config_of(), "code", 1000)
    assert np.array_equal(plain.tokens, corpus.pool("code", "train", 1000).tokens)


@pytest.mark.parametrize("length_filter", ["25-75", "75-100"])
def test_a_filtered_pool_holds_what_a_run_needs_within_bounds_that_do_not_depend_on_it(
    corpus: Corpus, length_filter: str
):
    low, high = length_bounds(corpus.pool("glosses", "train", 1), length_filter)
    small, large = (
        training_pool(corpus, config_of(length_filter=length_filter), "glosses", needed)
        for needed in (1000, SMALLEST_POOL)
    )
    assert len(large.tokens) >= SMALLEST_POOL
    assert large.tokens[: len(small.tokens)].tolist() == small.tokens.tolist()
    sizes = np.diff([*large.starts, len(large.tokens)])
    assert low <= sizes.min() and sizes.max() <= high
    assert (large.tokens[large.starts] == DOCUMENT).all()


def test_a_source_that_ends_gives_all_it_has(corpus: Corpus):
    whole = corpus.pool("docs", "train", 10**7)
    kept = training_pool(corpus, config_of(length_filter="25-75"), "docs", 10**7)
    assert 0 < len(kept.tokens) < len(whole.tokens) < 10**7
    assert len(kept.starts) == pytest.approx(len(whole.starts) / 2, rel=0.1)


def test_a_tag_names_the_domain(corpus: Corpus):
    pool = training_pool(corpus, config_of(tag=True, length_filter="25-75"), "news", 1000)
    texts = [corpus.tokenizer.decode(document[1:]) for document in documents_of(pool)[:50]]
    assert all(text.startswith("[news]\n") for text in texts)
    assert {text.count("[news]") for text in texts} == {1}


@pytest.mark.parametrize("wrong", ["", "some", "25", "25-", "a-b", "25-75-90", "75-25", "25-101"])
def test_a_filter_that_is_none_is_refused(wrong: str):
    with pytest.raises(ValueError, match="neither"):
        config_of(length_filter=wrong)
