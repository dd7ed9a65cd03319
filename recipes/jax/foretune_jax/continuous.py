"""How confident a model is in its answers: numbers that move before accuracy does (arXiv
2504.11393, DataDecide).

Higher is better. Each is a mean over the items of a task: the probability of the right answer; the
same minus the probability of the likeliest wrong one (margin); its share in the sum over all
options; and that sum. An answer's probability is that of all its tokens, or the geometric mean over
its characters (`per_char`), including the space in front of it.
"""

from collections.abc import Sequence

import numpy as np

from foretune_measures.score import Score

from .item import Item
from .scoring import Answer


def continuous_scores(items: Sequence[Item], answers: Sequence[Sequence[Answer]]) -> dict[str, Score]:
    """`answers`: for each item, one per option."""
    whole, per_char = [], []
    for item, each in zip(items, answers, strict=True):
        logs = np.array([answer.log_likelihood for answer in each])
        characters = np.array([len(option) for option in item.options])
        whole.append(measures(logs, item.gold))
        per_char.append(measures(logs / characters, item.gold))
    return _means(whole, "") | _means(per_char, "_per_char")


def measures(logs: np.ndarray, gold: int) -> dict[str, float]:
    """logs [options]: log-probabilities. With a single option, scores that compare options are left
    out."""
    correct = float(np.exp(logs[gold]))
    if len(logs) == 1:
        return {"correct_prob": correct}
    shares = np.exp(logs - np.logaddexp.reduce(logs))  # no 0/0 if all options have probability 0
    return {
        "correct_prob": correct,
        "margin": correct - float(np.exp(np.delete(logs, gold).max())),
        "norm_correct_prob": float(shares[gold]),
        "total_prob": float(np.exp(logs).sum()),
    }


def _means(found: Sequence[dict[str, float]], suffix: str) -> dict[str, Score]:
    table = {name: np.array([one[name] for one in found]) for name in found[0]}
    n = len(found)
    return {
        f"{name}{suffix}": Score(float(values.mean()), float(values.std() / np.sqrt(n)), n)
        for name, values in table.items()
    }
