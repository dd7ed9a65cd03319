"""What each item of lm-evaluation-harness contributed to a score, read from the samples that it logs."""

import math
from collections.abc import Sequence
from typing import Any

from lm_eval.api.task import Task
from lm_eval.models.huggingface import HFLM

from foretune_protocol.tables import Row

# An item whose metric is a share (F1) counts as correct from one half on.
CORRECT_FROM = 0.5

Sample = dict[str, Any]


def item(lm: HFLM, task: Task, sample: Sample, metric: str) -> Row:
    """`sample["answer"]` holds log-likelihood and text of the right answer where the task lets generate."""
    if task.OUTPUT_TYPE == "loglikelihood":
        # What is asked for is the right answer: correct is what greedy decoding would say.
        (likelihood, correct), answer = sample["filtered_resps"][0], sample["arguments"][0][1]
        probability = math.exp(likelihood)
    else:
        correct = float(sample[metric]) >= CORRECT_FROM
        likelihood, answer, probability = _chosen(task, sample) if options(sample) else _generated(sample)
    return {
        "item_id": str(sample["doc_id"]),
        "correct": bool(correct),
        "answer_probability": probability,
        "log_likelihood": float(likelihood),
        "tokens": len(lm.tok_encode(answer, add_special_tokens=False)),
    }


def options(sample: Sample) -> list[float]:
    """Log-likelihood of each option; empty for an item whose answer is generated."""
    answers = sample["filtered_resps"]
    if not all(isinstance(one, (tuple, list)) for one in answers):
        return []
    # For this metric the harness asks for each option a second time, without its question.
    count = len(answers) // 2 if "acc_mutual_info" in sample["metrics"] else len(answers)
    return [float(one[0]) for one in answers[:count]]


def _chosen(task: Task, sample: Sample) -> tuple[float, str, float]:
    likelihoods = options(sample)
    gold = right_option(task, sample)
    share = math.exp(likelihoods[gold] - _log_sum(likelihoods))
    return likelihoods[gold], sample["arguments"][gold][1], share


def _generated(sample: Sample) -> tuple[float, str, float]:
    likelihood, answer = sample["answer"]
    return likelihood, answer, math.exp(likelihood)


def right_option(task: Task, sample: Sample) -> int:
    """Index of the right option, as the harness finds it. Raises ValueError if the task names none."""
    count = len(options(sample))
    texts = [one[1].strip() for one in sample["arguments"][:count]]
    named = sample["target"]
    if count > 1 and len(set(texts)) == 1:
        # The options are contexts: `doc_to_text` gives the right one, and the target is what follows it.
        texts, named = [], task.doc_to_text(sample["doc"])
    target = first(named)
    if isinstance(target, str) and target.strip() in texts:
        return texts.index(target.strip())
    if str(target).isdigit() and int(target) < count:
        return int(target)
    raise ValueError(
        f'Item {sample["doc_id"]} of task "{task.config.task}" has {count} options, and "{target}" is none '
        "of them: expected the index of the right option, or its text. Correct the task or its data."
    )


def first(target: Any) -> Any:
    """The first of several right answers."""
    return target[0] if isinstance(target, list) else target


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))
