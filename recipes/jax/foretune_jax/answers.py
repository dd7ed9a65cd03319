"""Items answered by a model, as rows of `samples` and a score with its standard error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from foretune_measures.score import Score

from .config import Model
from .item import Item
from .model import Params
from .scoring import Answer, score_answers
from .tokenizer import Tokenizer


@dataclass(frozen=True)
class ItemResult:
    item_id: str
    correct: bool
    answer_probability: float
    log_likelihood: float
    tokens: int


def answer_items(
    params: Params, model: Model, tokenizer: Tokenizer, items: Sequence[Item], prompts: Sequence[str]
) -> list[ItemResult]:
    """`prompts`: the text before each item's answer, including examples."""
    answers = option_answers(params, model, tokenizer, items, prompts)
    return [judge(item, each) for item, each in zip(items, answers, strict=True)]


def option_answers(
    params: Params, model: Model, tokenizer: Tokenizer, items: Sequence[Item], prompts: Sequence[str]
) -> list[list[Answer]]:
    """For each item, one answer per option."""
    asked = [(i, option) for i, item in enumerate(items) for option in item.options]
    leads, options = [prompts[i] for i, _ in asked], [option for _, option in asked]
    scored = iter(score_answers(params, model, tokenizer, leads, options))
    return [list(islice(scored, len(item.options))) for item in items]


def judge(item: Item, answers: Sequence[Answer]) -> ItemResult:
    """With several options, the right one must have the highest log-likelihood per token; with one,
    exact match."""
    gold = answers[item.gold]
    if len(answers) == 1:
        return ItemResult(
            item.item_id, gold.exact, math.exp(gold.log_likelihood), gold.log_likelihood, gold.tokens
        )
    each = np.array([answer.log_likelihood / answer.tokens for answer in answers])
    shares = np.exp(each - each.max())
    chosen = int(each.argmax()) == item.gold
    probability = float(shares[item.gold] / shares.sum())
    return ItemResult(item.item_id, chosen, probability, gold.log_likelihood, gold.tokens)


def accuracy(results: Sequence[ItemResult]) -> Score:
    """Share of correct items; binomial standard error."""
    n = len(results)
    value = sum(result.correct for result in results) / n
    return Score(value, math.sqrt(value * (1 - value) / n), n)


def sample_rows(results: Sequence[ItemResult], task: str, dataset: str, phase: str, seed: int) -> list[dict]:
    shared = {"task": task, "dataset": dataset, "phase": phase, "seed": seed}
    return [shared | vars(result) for result in results]
