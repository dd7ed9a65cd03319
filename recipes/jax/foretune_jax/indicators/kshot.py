"""k-shot scores of the tasks (arXiv 2504.12491, section 3), and continuous measures on the same
items: numbers that move before accuracy does (arXiv 2504.11393).
"""

from itertools import product
from typing import TYPE_CHECKING

from foretune_protocol.tables import indicator

from ..registry import tasks

if TYPE_CHECKING:
    from ..indicate import Subject, Tables

MEASURES = {
    "correct_prob": "probability of the right answer",
    "margin": "margin over the likeliest wrong answer",
    "norm_correct_prob": "share of the right answer in all options",
    "total_prob": "probability of all options",
}


def _declared(task: str, label: str, options: int) -> dict[str, dict]:
    """The scores that compare options, for tasks that have options."""
    measures = MEASURES if options > 1 else {"correct_prob": MEASURES["correct_prob"]}
    found = {f"kshot_{task}": f"{label}, k-shot accuracy"}
    for (name, words), per in product(measures.items(), ("", "_per_char")):
        found[f"kshot_{task}_{name}{per}"] = f"{label}, {words}" + (", by character" if per else "")
    return {name: {"label": words, "better": "higher"} for name, words in found.items()}


INDICATORS = {
    name: facts
    for task, module in tasks().items()
    for name, facts in _declared(task, module.LABEL, module.OPTIONS).items()
}


def measure(subject: "Subject") -> "Tables":
    tables: dict[str, list] = {"indicators": [], "samples": []}
    for task, settings in subject.config.tasks.items():
        for table, rows in _of_task(subject, task, settings.shots).items():
            tables[table] += rows
    return tables


def _of_task(subject: "Subject", task: str, shots: int) -> "Tables":
    from ..answers import accuracy, judge, sample_rows
    from ..continuous import continuous_scores
    from ..items import dataset_of
    from ..kshot import kshot_answers

    config = subject.config
    asked, answers = kshot_answers(subject.params, config.model, subject.corpus, task, config.items, shots)
    results = [judge(item, each) for item, each in zip(asked, answers, strict=True)]
    scores = {f"kshot_{task}": accuracy(results)}
    scores |= {f"kshot_{task}_{name}": score for name, score in continuous_scores(asked, answers).items()}
    return {
        "indicators": [indicator(name, **vars(score)) for name, score in scores.items()],
        "samples": sample_rows(results, task, dataset_of(task), "kshot", 0),
    }
