"""What the stages sft and evaluate read in every recipe."""

from .config import Config, option
from .tables import Row


class Branch(Config):
    """Which fine-tuning of a variant it is. The names are checked against the manifest."""

    task: str = option("The task")
    sft_recipe: str = option("How it is fine-tuned")
    sft_seed: int = option("Decides every random choice of fine-tuning", minimum=0)

    def outcome(
        self, dataset: str, *, metric: str, value: float, stderr: float | None = None, n: int | None = None
    ) -> Row:
        """A row of the table `outcomes`. `dataset`: what the items are from; `n`: how many there are."""
        branch = {"task": self.task, "sft_recipe": self.sft_recipe, "seed": self.sft_seed}
        return branch | {"dataset": dataset, "metric": metric, "value": value, "stderr": stderr, "n": n}


class FineTuning(Branch):
    """The settings of training on items in batches."""

    lr: float = option("Peak learning rate", exclusive_minimum=0)
    steps: int = option("Optimiser steps", minimum=1)
    batch: int = option("Items of a step, over all processes", minimum=1)
    train_items: int = option("Size of the fine-tuning set", minimum=1)
    warmup_steps: int = option("Steps in which the rate rises", minimum=0, default=10)
