"""Text to tokens and back; special tokens are nobody's text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretune_jax.corpus import Corpus
from foretune_jax.special import (
    DOCUMENT,
    FIRST_SENTINEL,
    MODE_R,
    MODE_S,
    MODE_X,
    PAD,
    SENTINELS,
    SEPARATOR,
    SPECIAL,
)
from foretune_jax.tokenizer import Tokenizer, load_tokenizer, train_tokenizer

SAMPLE = ["the cat sat on the mat. ", "der Hut, der auf dem Tisch lag, ist weg. "] * 40
LEAST = 256 + len(SPECIAL)
checked = settings(max_examples=200, deadline=None, derandomize=True)


def trained(folder: Path, vocabulary: int) -> Tokenizer:
    path = folder / f"{vocabulary}.json"
    train_tokenizer(SAMPLE, vocabulary).save(str(path))
    return load_tokenizer(path)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return trained(tmp_path_factory.mktemp("tokenizer"), LEAST + 30)


@checked
@given(text=st.text())
def test_any_text_comes_back_as_it_was(tokenizer: Tokenizer, text: str):
    assert tokenizer.decode(tokenizer.encode(text)) == text


@checked
@given(text=st.text(), name=st.sampled_from(SPECIAL))
def test_no_text_becomes_a_special_token(tokenizer: Tokenizer, text: str, name: str):
    written = f"{text}{name}{text}"
    assert all(len(SPECIAL) <= token < tokenizer.size for token in tokenizer.encode(written))
    assert tokenizer.decode(tokenizer.encode(written)) == written


def test_many_texts_are_encoded_as_each_alone(tokenizer: Tokenizer):
    texts = [*SAMPLE[:3], "", "<doc>", "é 漢 \U0001f600\n\t"]
    assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


def test_special_tokens_are_the_first_ids(tokenizer: Tokenizer):
    assert [tokenizer.decode([i]) for i in range(len(SPECIAL))] == list(SPECIAL)


def test_special_tokens_have_the_ids_that_objectives_use():
    names = {PAD: "<pad>", DOCUMENT: "<doc>", SEPARATOR: "<sep>", FIRST_SENTINEL: "<x0>"}
    names |= {MODE_R: "<mode-r>", MODE_X: "<mode-x>", MODE_S: "<mode-s>"}
    assert {i: SPECIAL[i] for i in names} == names
    assert SPECIAL[FIRST_SENTINEL + SENTINELS - 1] == f"<x{SENTINELS - 1}>"


def test_frequent_words_get_tokens_of_their_own(tokenizer: Tokenizer):
    assert len(tokenizer.encode(" the cat")) < len(" the cat")
    assert tokenizer.size == LEAST + 30


def test_the_same_sample_makes_the_same_tokenizer():
    made = [train_tokenizer(SAMPLE, LEAST + 30).to_str() for _ in range(2)]
    assert made[0] == made[1]


def test_a_vocabulary_that_cannot_hold_all_bytes_is_refused(tmp_path: Path):
    assert trained(tmp_path, LEAST).size == LEAST
    with pytest.raises(ValueError, match=f"use at least {LEAST}"):
        train_tokenizer(SAMPLE, LEAST - 1)


def test_a_corpus_has_the_vocabulary_that_was_asked_for(corpus: Corpus):
    assert f"vocabulary{corpus.tokenizer.size}-" in corpus.folder.name
