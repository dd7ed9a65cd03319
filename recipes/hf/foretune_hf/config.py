"""The configuration of each stage, as job.json carries it. All that decides a number is here, but `memory`.

Models and data have names, never paths, so that fingerprints are the same on every machine: a name is looked
for in the data folder (FORETUNE_HF_DATA), then on the Hugging Face hub.
"""

from typing import ClassVar

from foretune_protocol.branch import Branch, FineTuning
from foretune_protocol.config import Config, option
from foretune_protocol.earlier import KeepsSteps

OBJECTIVES = {"clm": "Causal language modelling"}
NAME = r"^(?!.*\.\.)\w[\w.-]*(/\w[\w.-]*)*$"
REVISION = "Commit or tag on the hub; of local files any word, changed when their content changes"


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
    """Jinja templates over its columns make prompts and completions."""

    prompt: str = option("Jinja template over a row's columns")
    completion: str = option("The same, for what is learned; it begins with a space")


class Memory(Config):
    """How the work is cut up so that it fits; it decides no result but for rounding."""

    micro_batch: int = option("Rows of a process at once; gradients of several add up", minimum=1, default=8)
    activation_checkpointing: bool = option("Compute activations twice", default=False)


class Checkpoint(Config):
    checkpoint: str = option("Model folder in the data folder, or a model of the hub", pattern=NAME)
    revision: str | None = option(REVISION, default=None)


class Harness(Config):
    """How a task is asked; the other fields of a task are for other stages."""

    open = True

    harness: list[str] = option("Tasks of lm-evaluation-harness whose mean is the score", min_items=1)
    metric: str = option("The harness's name of the metric", default="acc")
    shots: int = option("Examples shown before an item", minimum=0, default=5)


class Settings(Config):
    context: int = option("Tokens of a row", minimum=8)
    memory: Memory = option("How work is cut so that it fits", default=Memory(), aside=True)


class Pretrain(Settings, KeepsSteps):
    model: Checkpoint = option("What is continued where the run starts from no checkpoint")
    seed: int = option("Decides every random choice of training", minimum=0)
    objective: str = option("What is predicted", choices=list(OBJECTIVES), default="clm")
    text: dict[str, Source] = option("The text of each domain")
    mixture: dict[str, float] = option("Weight of each domain")
    lr: float = option("Peak learning rate", exclusive_minimum=0)
    train_tokens: int = option("Tokens seen in this run", minimum=1)
    batch: int = option("Rows of a step, over all processes", minimum=1)
    warmup_steps: int = option("Steps in which the rate rises", minimum=0, default=100)

    step_count: ClassVar = {"tokens": "train_tokens", "per_step": ["batch", "context"], "round": "down"}


class Indicate(Settings):
    development: Source = option("Text of the perplexities; none of it is trained on")
    dev_tokens: int = option("Tokens of that text", minimum=1, default=16384)
    items: int = option("Items of each k-shot score", minimum=1, default=256)
    tasks: dict[str, Harness] = option("Tasks that are asked", default={})


class Sft(Settings, FineTuning):
    data: Dialogues = option("What is fine-tuned on; must not overlap what the harness asks")


class Evaluate(Settings, Branch):
    harness: list[str] = option("Tasks of lm-evaluation-harness; each is an outcome", min_items=1)
    metric: str = option("The harness's name of the metric", default="acc")
    test_items: int = option("Items of each task", minimum=1)
