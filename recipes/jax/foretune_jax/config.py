"""The configuration of each stage in job.json: everything that determines a number. Free of JAX."""

from typing import ClassVar

from foretune_protocol.branch import Branch, FineTuning
from foretune_protocol.config import Config, option
from foretune_protocol.earlier import KeepsSteps

from .registry import domains, objectives, tasks

ALL_LENGTHS = "all"
DEVELOPMENT = ("code", "docs", "glosses", "prose")


class Model(Config):
    layers: int = option("Transformer blocks", minimum=1, default=2)
    width: int = option("Residual width; a multiple of twice the number of heads", minimum=2, default=64)
    heads: int = option("Attention heads", minimum=1, default=4)
    context: int = option("Longest sequence, tokens", minimum=8, default=64)
    vocabulary: int = option("Size of the BPE vocabulary, special tokens included", minimum=1, default=1536)

    def __post_init__(self) -> None:
        if self.width % (2 * self.heads):
            raise ValueError(
                f"width {self.width} must be a multiple of twice the number of heads ({self.heads}): rotary "
                "positions rotate pairs of numbers."
            )


class OfModel(Config):
    model: Model = option("Architecture", default=Model())


class Pretrain(OfModel, KeepsSteps):
    """The defaults of batch and schedule are those of a variant that continues a base.

    From scratch, small steps learn more per token, and a base should end with a low learning rate:
    with a constant rate, every later score differed by .05 to .1 between seeds. So a base has
    step_tokens 1024, decay_from 0.5, decay_to 0.1 and volume 1.

    After a short pre-training some abilities are still a matter of chance. Of ten bases of two
    million tokens, nine learned to answer questions about kinds (task cms); one did not, nor did
    its variants. Its loss was no higher, and with one thread instead of two the same data and seed
    did learn it: look at more than one seed.
    """

    seed: int = option("Seed of all random choices in training", minimum=0)
    objective: str | list[str] = option(
        "Training objective; several are mixed in equal parts",
        choices=lambda: list(objectives()),
    )
    mixture: dict[str, float] = option("Weight of each text domain", choices=lambda: list(domains()))
    lr: float = option("Peak learning rate", exclusive_minimum=0)
    train_tokens: int = option("Training tokens of this run", minimum=1)
    tag: bool = option(
        "Whether every document begins with a tag of its domain, such as [news]", default=False
    )
    length_filter: str = option(
        "all, or two percentages such as 25-75: the documents whose length lies between these quantiles of "
        "their domain",
        pattern=r"^(all|\d{1,2}-\d{1,3})$",
        default=ALL_LENGTHS,
    )
    # Span corruption predicts few tokens of a row: its noisy gradient needs larger steps and a long
    # decay.
    step_tokens: int = option("Tokens per step", minimum=1, default=2048)
    warmup_steps: int = option("Warmup steps, in which the learning rate rises", minimum=0, default=30)
    decay_from: float = option(
        "Share of the steps after which the learning rate decays", minimum=0, maximum=1, default=0.0
    )
    decay_to: float = option("Final learning rate as a share of the peak", minimum=0, maximum=1, default=0.0)
    volume: int = option(
        "The half of the invented world that most of the text is about: 1 for a base, 2 for its variants",
        minimum=1,
        maximum=2,
        default=2,
    )

    step_count: ClassVar = {"tokens": "train_tokens", "per_step": ["step_tokens"], "round": "nearest"}

    def __post_init__(self) -> None:
        if self.length_filter != ALL_LENGTHS:
            low, _, high = self.length_filter.partition("-")
            if not (low.isdigit() and high.isdigit() and int(low) < int(high) <= 100):
                raise ValueError(
                    f'length_filter "{self.length_filter}" is neither "{ALL_LENGTHS}" nor two rising '
                    'percentages such as "25-75".'
                )

    @property
    def rows(self) -> int:
        """Sequences per step."""
        return max(1, self.step_tokens // self.model.context)

    @property
    def steps(self) -> int:
        return max(1, round(self.train_tokens / (self.rows * self.model.context)))

    @property
    def objectives(self) -> list[str]:
        return [self.objective] if isinstance(self.objective, str) else self.objective


class Kshot(Config):
    """The fields of a task that the indicators read; the others are for other stages."""

    open = True

    shots: int = option(
        "Solved examples before each item, as many as fit into the context", minimum=0, default=5
    )


class Indicate(OfModel):
    dev_tokens: int = option("Tokens of development text for each perplexity", minimum=1, default=16384)
    development: list[str] = option(
        "Domains of the development text, in equal parts",
        choices=lambda: [name for name, module in domains().items() if hasattr(module, "documents")],
        min_items=1,
        default=list(DEVELOPMENT),
    )
    items: int = option("Items per k-shot score, or all if there are fewer", minimum=1, default=256)
    tasks: dict[str, Kshot] = option("Tasks to measure", choices=lambda: list(tasks()), default={})


class Sft(OfModel, FineTuning):
    """Training in batches of items."""


class Evaluate(OfModel, Branch):
    test_items: int = option("Size of the test set, disjoint from the fine-tuning set", minimum=1)
