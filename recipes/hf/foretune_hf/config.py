"""The configuration of each stage, as in job.json. Everything but `memory` can change a result.

Models and data are given by name, never by path, so that fingerprints are the same on every machine: a name
is searched for in the data folder (FORETUNE_HF_DATA), then on the Hugging Face hub.
"""

from typing import ClassVar

from foretune_protocol.branch import Branch, FineTuning
from foretune_protocol.config import Config, option
from foretune_protocol.earlier import KeepsSteps

OBJECTIVES = {"clm": "Causal language modelling"}
NAME = r"^(?!.*\.\.)\w[\w.-]*(/\w[\w.-]*)*$"
REVISION = "Commit or tag on the hub; for local files, any word; change it when the content changes"


class DataSet(Config):
    """A file below the data folder, or a data set of the hub."""

    dataset: str = option(
        "A .jsonl, .json, .parquet, .csv or .txt file, or a data set of the hub", pattern=NAME
    )
    config: str | None = option("Configuration of a data set of the hub", default=None)
    split: str = option("Split of a data set of the hub", default="train")
    revision: str | None = option(REVISION, default=None)


class Source(DataSet):
    field: str = option("Column that holds the text", default="text")


class Dialogues(DataSet):
    """A data set whose columns make prompts and completions, by Jinja templates."""

    prompt: str = option("Jinja template over a row's columns")
    completion: str = option("Jinja template of the text to learn; it begins with a space")


class Memory(Config):
    """How work is split to fit into memory; results differ by rounding only."""

    micro_batch: int = option(
        "Rows per process and forward pass; gradients accumulate over several", minimum=1, default=8
    )
    activation_checkpointing: bool = option("Recompute activations in the backward pass", default=False)


class Checkpoint(Config):
    checkpoint: str = option("Model folder in the data folder, or a model of the hub", pattern=NAME)
    revision: str | None = option(REVISION, default=None)


class Harness(Config):
    """How a task is evaluated; the other fields of a task are for other stages."""

    open = True

    harness: list[str] = option("Tasks of lm-evaluation-harness whose mean is the score", min_items=1)
    metric: str = option("The harness's name of the metric", default="acc")
    shots: int = option("Examples in the prompt before an item", minimum=0, default=5)


class Settings(Config):
    context: int = option("Tokens per row", minimum=8)
    memory: Memory = option("How work is split to fit into memory", default=Memory(), aside=True)


class Pretrain(Settings, KeepsSteps):
    model: Checkpoint = option("Model to continue, if the run does not start from a checkpoint")
    seed: int = option("Seed of all random choices in training", minimum=0)
    objective: str = option("Training objective", choices=list(OBJECTIVES), default="clm")
    text: dict[str, Source] = option("Text of each domain")
    mixture: dict[str, float] = option("Weight of each domain")
    lr: float = option("Peak learning rate", exclusive_minimum=0)
    train_tokens: int = option("Tokens seen in this run", minimum=1)
    batch: int = option("Rows per step, over all processes", minimum=1)
    warmup_steps: int = option("Steps of linear warm-up", minimum=0, default=100)

    step_count: ClassVar = {"tokens": "train_tokens", "per_step": ["batch", "context"], "round": "down"}


class Indicate(Settings):
    development: Source = option("Text that perplexities are measured on; keep it out of the training text")
    dev_tokens: int = option("Tokens of that text", minimum=1, default=16384)
    items: int = option("Items of each k-shot score", minimum=1, default=256)
    tasks: dict[str, Harness] = option("Tasks to score k-shot", default={})


class Sft(Settings, FineTuning):
    data: Dialogues = option("Fine-tuning data; must not overlap the test items of the harness")


class Evaluate(Settings, Branch):
    harness: list[str] = option("Tasks of lm-evaluation-harness; each is an outcome", min_items=1)
    metric: str = option("The harness's name of the metric", default="acc")
    test_items: int = option("Items of each task", minimum=1)
