"""How answers are scored: positions against a slow reference, and models whose answers are
known."""

import math

import numpy as np
import pytest
from known_models import biased_params, uniform_params

from foretune_jax.answers import ItemResult, accuracy, answer_items, judge
from foretune_jax.config import Model
from foretune_jax.corpus import Corpus
from foretune_jax.item import Item
from foretune_jax.items import items
from foretune_jax.kshot import kshot_prompts
from foretune_jax.model import init_params
from foretune_jax.scoring import ROWS, Answer, answer_batch, score_answers
from foretune_jax.special import DOCUMENT, PAD
from foretune_measures.seeds import generator

SHOTS = 5

PROMPTS = ["What is it?", "A much longer question, is it not?", ""]
ANSWERS = [" yes", " a longer answer", " no"]


@pytest.fixture(scope="module")
def model(corpus: Corpus) -> Model:
    return Model(layers=1, width=8, heads=1, context=96, vocabulary=corpus.tokenizer.size)


def test_exactly_the_answer_is_asked_for(corpus: Corpus):
    batch = answer_batch(corpus.tokenizer, PROMPTS, ANSWERS, 40)
    for i, (prompt, answer) in enumerate(zip(PROMPTS, ANSWERS, strict=True)):
        asked = batch.weights[i] > 0
        assert batch.targets[i][asked].tolist() == corpus.tokenizer.encode(answer)
        prefix = [DOCUMENT, *corpus.tokenizer.encode(prompt)]
        assert batch.inputs[i, : len(prefix)].tolist() == prefix
        assert int(np.flatnonzero(asked)[0]) == len(prefix) - 1
        rest = batch.inputs[i, len(prefix) + len(corpus.tokenizer.encode(answer)) :]
        assert (rest == PAD).all()
    assert (batch.prefix == 0).all()


def test_an_answer_is_as_likely_beside_a_longer_question(corpus: Corpus, model: Model):
    params = init_params(model, generator("scoring"))
    alone = score_answers(params, model, corpus.tokenizer, PROMPTS[:1], ANSWERS[:1])
    longer = [PROMPTS[0], " ".join([PROMPTS[1]] * 4)]
    beside = score_answers(params, model, corpus.tokenizer, longer, ANSWERS[:2])
    assert beside[0].log_likelihood == pytest.approx(alone[0].log_likelihood, abs=1e-5)
    assert (beside[0].tokens, beside[0].exact) == (alone[0].tokens, alone[0].exact)


def test_a_text_as_long_as_the_context_fits_and_a_longer_one_is_refused(corpus: Corpus):
    length = len(corpus.tokenizer.encode(PROMPTS[1])) + len(corpus.tokenizer.encode(ANSWERS[1]))
    assert len(answer_batch(corpus.tokenizer, PROMPTS[1:2], ANSWERS[1:2], length)) == 1
    with pytest.raises(ValueError, match=r"is it not\? a longer answer.*raise model\.context"):
        answer_batch(corpus.tokenizer, PROMPTS[1:2], ANSWERS[1:2], length - 1)


def test_a_uniform_model_finds_all_answers_equally_likely(corpus: Corpus, model: Model):
    scored = score_answers(uniform_params(model), model, corpus.tokenizer, PROMPTS, ANSWERS)
    for answer, text in zip(scored, ANSWERS, strict=True):
        assert answer.tokens == len(corpus.tokenizer.encode(text))
        assert answer.log_likelihood == pytest.approx(-answer.tokens * math.log(model.vocabulary), rel=1e-5)


def test_an_answer_is_exact_when_each_token_is_the_likeliest(corpus: Corpus, model: Model):
    (likely,) = corpus.tokenizer.encode("a")
    scored = score_answers(biased_params(model, {likely: 9.0}), model, corpus.tokenizer, ["", ""], ["a", "b"])
    assert [answer.exact for answer in scored] == [True, False]
    odds = model.vocabulary - 1 + 9
    assert scored[0].log_likelihood == pytest.approx(math.log(9 / odds), rel=1e-4)
    assert scored[1].log_likelihood == pytest.approx(math.log(1 / odds), rel=1e-4)


@pytest.mark.parametrize("count", [1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 3])
def test_an_answer_scores_alike_alone_and_among_many(corpus: Corpus, model: Model, count: int):
    params = init_params(model, generator("scoring"))
    prompts = [f"Item {i}" + " and more" * (i % 5) for i in range(count)]
    answers = [f" {i * 7}" for i in range(count)]
    many = score_answers(params, model, corpus.tokenizer, prompts, answers)
    assert len(many) == count
    for i in {0, count // 2, count - 1}:
        (alone,) = score_answers(params, model, corpus.tokenizer, prompts[i : i + 1], answers[i : i + 1])
        assert many[i].log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-5)
        assert (many[i].tokens, many[i].exact) == (alone.tokens, alone.exact)


# ---- Judging -------------------------------------------------------------------------------


def choice(gold: int) -> Item:
    return Item("id", "prompt", (" a", " b", " c"), gold, ())


def test_among_several_options_the_likeliest_a_token_wins():
    answers = [Answer(-4.0, 1, False), Answer(-6.0, 3, False), Answer(-5.0, 2, True)]
    assert judge(choice(1), answers).correct
    assert not judge(choice(2), answers).correct
    shares = np.exp([-4.0, -2.0, -2.5])
    found = judge(choice(1), answers)
    assert found.answer_probability == pytest.approx(shares[1] / shares.sum())
    assert (found.log_likelihood, found.tokens) == (-6.0, 3)


def test_a_single_option_must_be_exact():
    item = Item("id", "prompt", (" a",), 0, ())
    assert judge(item, [Answer(-0.5, 2, True)]) == ItemResult("id", True, math.exp(-0.5), -0.5, 2)
    assert not judge(item, [Answer(-0.1, 1, False)]).correct


def test_items_are_answered_in_their_order(corpus: Corpus, model: Model):
    made = items("cms", corpus.world, "test", 5, 1) + items("cbqa", corpus.world, "test", 5, 1)
    params = uniform_params(model)
    results = answer_items(params, model, corpus.tokenizer, made, [item.prompt for item in made])
    assert [result.item_id for result in results] == [item.item_id for item in made]
    for item, result in zip(made, results, strict=True):
        if len(item.options) > 1:
            assert result.answer_probability == pytest.approx(1 / len(item.options), rel=1e-4)


def test_accuracy_and_its_standard_error_by_hand():
    results = [ItemResult(str(i), i < 3, 0.5, -1.0, 1) for i in range(12)]
    score = accuracy(results)
    assert (score.value, score.n) == (0.25, 12)
    assert score.stderr == pytest.approx(0.125)


# ---- k-shot --------------------------------------------------------------------------------


def prompts_of(corpus: Corpus, context: int, seed: int = 1) -> tuple[list[Item], list[str], list[str]]:
    asked = items("cbqa", corpus.world, "test", 20, 1)
    examples = items("cbqa", corpus.world, "train", 20, 1)
    solved = [f"{example.prompt}{example.answer}." for example in examples]
    return asked, solved, kshot_prompts(corpus.tokenizer, asked, examples, context, seed, SHOTS)


def shots_of(prompt: str, solved: list[str]) -> list[str]:
    return [shot for shot in solved if shot in prompt]


def test_a_prompt_is_solved_examples_and_then_the_question(corpus: Corpus):
    asked, solved, prompts = prompts_of(corpus, 4000)
    for item, prompt in zip(asked, prompts, strict=True):
        assert prompt.endswith(f" {item.prompt}")
        assert len(shots_of(prompt, solved)) == SHOTS
        assert len(prompt) == len(item.prompt) + sum(len(shot) + 1 for shot in shots_of(prompt, solved))


@pytest.mark.parametrize("context", [40, 64, 96, 128])
def test_prompts_fit_into_the_context_with_their_answers(corpus: Corpus, context: int):
    asked, _, prompts = prompts_of(corpus, context)
    answers = [item.answer for item in asked]
    assert len(answer_batch(corpus.tokenizer, prompts, answers, context)) == len(asked)


def test_a_larger_context_holds_more_examples(corpus: Corpus):
    def count(context: int) -> int:
        _, solved, prompts = prompts_of(corpus, context)
        return sum(len(shots_of(prompt, solved)) for prompt in prompts)

    assert count(32) < count(96) < count(4000)


def test_examples_are_decided_by_the_seed(corpus: Corpus):
    assert prompts_of(corpus, 4000, 1)[2] == prompts_of(corpus, 4000, 1)[2]
    assert prompts_of(corpus, 4000, 1)[2] != prompts_of(corpus, 4000, 2)[2]
