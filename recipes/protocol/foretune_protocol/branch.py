"""Settings that the stages sft and evaluate have in every recipe."""

from .config import Config, option
from .tables import Row


class Branch(Config):
    """One fine-tuning of a variant. Its names are checked against the manifest."""

    task: str = option("Task that is fine-tuned for")
    sft_recipe: str = option("SFT recipe")
    sft_seed: int = option("Seed of all random choices in fine-tuning", minimum=0)

    def outcome(
        self, dataset: str, *, metric: str, value: float, stderr: float | None = None, n: int | None = None
    ) -> Row:
        """A row of the table `outcomes`. `dataset`: where the items are from; `n`: number of items."""
        branch = {"task": self.task, "sft_recipe": self.sft_recipe, "seed": self.sft_seed}
        return branch | {"dataset": dataset, "metric": metric, "value": value, "stderr": stderr, "n": n}


class FineTuning(Branch):
    """The settings of training on items in batches."""

    lr: float = option("Peak learning rate", exclusive_minimum=0)
    steps: int = option("Optimizer steps", minimum=1)
    batch: int = option("Items per step, over all processes", minimum=1)
    train_items: int = option("Size of the fine-tuning set", minimum=1)
    warmup_steps: int = option("Steps of linear warm-up", minimum=0, default=10)
