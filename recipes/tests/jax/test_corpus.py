"""Pools of encoded text, the rows read from them, and which text is training and which
development."""

from collections.abc import Sequence
from itertools import islice, pairwise, repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretune_jax.corpus import Corpus, Pool, encode_documents, open_corpus
from foretune_jax.domains import blended, is_real
from foretune_jax.held_out import in_split
from foretune_jax.items import DATA_SEED
from foretune_jax.registry import domains
from foretune_jax.rows import read_rows
from foretune_jax.special import DOCUMENT
from foretune_jax.text.code import definitions
from foretune_jax.text.docs import docstrings
from foretune_jax.text.glosses import gloss
from foretune_jax.text.prose import speeches
from foretune_measures.seeds import generator, writer

TEXTS = ["A short one.", "def f(x):\n    return x\n", "Then another, which is a little longer.", "é", ""] * 50
checked = settings(max_examples=100, deadline=None, derandomize=True)


def slow_pool(corpus: Corpus, texts: Sequence[str], size: int) -> tuple[list[int], list[int]]:
    tokens, starts = [], []
    for text in texts:
        if len(tokens) < size:
            starts.append(len(tokens))
            tokens += [DOCUMENT, *corpus.tokenizer.encode(text)]
    return tokens[:size], starts


@pytest.mark.parametrize("size", [1, 7, 100, 1000, 10**6])
def test_documents_are_encoded_one_after_the_other(corpus: Corpus, size: int):
    tokens, starts = encode_documents(corpus.tokenizer, TEXTS, size)
    slow_tokens, slow_starts = slow_pool(corpus, TEXTS, size)
    assert tokens.tolist() == slow_tokens
    assert starts.tolist() == slow_starts


def test_documents_can_be_read_back_from_a_pool(corpus: Corpus):
    tokens, starts = encode_documents(corpus.tokenizer, TEXTS, 10**6)
    ends = [*starts[1:], len(tokens)]
    assert [corpus.tokenizer.decode(tokens[a + 1 : b]) for a, b in zip(starts, ends, strict=True)] == TEXTS


@checked
@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=12),
    length=st.integers(1, 12),
    count=st.integers(1, 30),
    seed=st.integers(0, 99),
)
def test_rows_begin_with_documents_or_where_a_row_cut_one(
    lengths: list[int], length: int, count: int, seed: int
):
    starts = np.cumsum([0, *lengths])[:-1]
    pool = Pool(np.arange(sum(lengths), dtype=np.int32), starts.astype(np.int32))
    if len(pool.tokens) < length:
        return
    rows = read_rows(pool, length, count, generator("rows", seed))
    assert (rows == rows[:, :1] + np.arange(length)).all()
    begins = rows[:, 0].tolist()
    for before, at in pairwise(begins):
        assert at == slow_next(starts.tolist(), len(pool.tokens), before, length)


def slow_next(starts: list[int], size: int, at: int, length: int) -> int:
    """The last document that begins after `at` and not after the row's end; in a long one, that
    end."""
    within = [start for start in starts if at < start <= at + length]
    wanted = within[-1] if within else at + length
    return wanted if wanted + length <= size else 0


def test_a_pool_without_a_single_row_is_refused():
    with pytest.raises(ValueError, match=r"no row of 6; lower the context"):
        read_rows(Pool(np.zeros(5, np.int32), np.zeros(1, np.int32)), 6, 1, generator("rows"))


def test_a_pool_is_the_same_when_it_is_read_again(corpus: Corpus):
    first, second = (corpus.pool("glosses", "dev", 1000) for _ in range(2))
    assert np.array_equal(first.tokens, second.tokens)
    assert np.array_equal(first.starts, second.starts)
    assert len(first.tokens) >= 1000
    assert (first.tokens[first.starts] == DOCUMENT).all()


@pytest.mark.parametrize("domain", list(domains()))
def test_every_domain_has_training_text_enough_for_a_run(corpus: Corpus, domain: str):
    pool = corpus.pool(domain, "train", 150_000)
    assert len(pool.tokens) >= 150_000
    assert (pool.tokens[pool.starts] == DOCUMENT).all()


def test_a_blend_has_its_parts_in_their_shares():
    parts = {name: repeat(name) for name in "abc"}
    drawn = list(islice(blended(parts, {"a": 0.6, "b": 0.3, "c": 0.1}, writer("test blend")), 10_000))
    assert [drawn.count(name) / 10_000 for name in "abc"] == pytest.approx([0.6, 0.3, 0.1], abs=0.02)


def test_docstrings_are_read_without_their_indentation():
    source = (
        'def f():\n    """Says what f does.\n\n    And why.\n    """\n\n\nclass C:\n    """Too short."""\n'
    )
    assert list(docstrings(source)) == ["Says what f does.\n\nAnd why."]


# ---- Splits and sources --------------------------------------------------------------------


def test_every_name_is_either_training_or_development():
    names = [f"name {i}" for i in range(4000)]
    held_out = [in_split(name, "dev") for name in names]
    assert [in_split(name, "train") for name in names] == [not held for held in held_out]
    assert 0.08 < np.mean(held_out) < 0.12


@pytest.mark.parametrize("domain", [name for name in domains() if is_real(name)])
def test_development_text_is_hardly_ever_training_text(domain: str):
    """A few short pieces, such as `if __name__ == "__main__": main()`, are in many files."""
    documents = domains()[domain].documents
    train, dev = set(documents("train")), documents("dev")
    assert len(train) > 1000 and len(dev) > 100
    shared = sum(len(document) for document in dev if document in train)
    assert shared < 0.01 * sum(len(document) for document in dev)


def test_speeches_are_what_is_spoken():
    play = (
        "# A Play\n\n## Scene 1\n\n_Enter two watchmen_\n\n"
        "**FIRST WATCHMAN**\nWho is there, so late at night?\n_draws_ Speak, or be gone!\n\n"
        "**SECOND**\nI.\n"
    )
    assert speeches(play) == ["Who is there, so late at night?\n Speak, or be gone!"]


def test_code_is_cut_before_top_level_statements():
    first = "def first():\n    x = 1\n\n    return x"
    source = f"import os\n\n\n{first}\n\n\n# about second\nclass Second:\n    value = 2\n"
    cut = definitions(source)
    # A lone import is too short; a comment stays with the code before it.
    assert cut == [f"{first}\n\n\n# about second\nclass Second:\n    value = 2"]


def test_a_gloss_is_a_word_and_its_definition():
    line = '00001740 03 n 02 physical_entity 0 thing 0 001 @ 00001930 n 0000 | that which exists; "a thing"  '
    assert gloss(line) == 'physical entity: that which exists; "a thing"'


def test_everybody_whom_models_must_know_has_a_name_of_one_token(cache_dir: Path):
    # With the vocabulary that studies use by default (src/domain/schema.ts): a name in two pieces
    # that others share is learned several times more slowly.
    corpus = open_corpus(cache_dir, DATA_SEED, 1536)
    names = [person.name for person in corpus.world.people]
    pieces = {name: len(corpus.tokenizer.encode(f" {name}")) for name in names}
    assert {name for name, count in pieces.items() if count > 1} == set()
