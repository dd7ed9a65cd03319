"""The configuration of each stage, as job.json carries it (src/domain/hugging-face.ts writes it)."""

from dataclasses import dataclass

from foretune_recipes.stage_config import Config


@dataclass(frozen=True)
class Source(Config):
    """A data set: a file below the data folder, or one of the Hugging Face hub."""

    dataset: str
    config: str | None
    split: str
    revision: str | None
    field: str


@dataclass(frozen=True)
class Dialogues(Config):
    """A data set of which Jinja templates over its columns make prompts and completions."""

    dataset: str
    config: str | None
    split: str
    revision: str | None
    prompt: str
    completion: str


@dataclass(frozen=True)
class Memory(Config):
    """How the work is cut up so that it fits; it decides no result but for rounding."""

    micro_batch: int
    activation_checkpointing: bool


@dataclass(frozen=True)
class Lora(Config):
    rank: int
    alpha: int
    dropout: float
    targets: str | list[str]


@dataclass(frozen=True)
class Harness(Config):
    """Tasks of lm-evaluation-harness whose mean is the score of a task family."""

    tasks: list[str]
    metric: str
    shots: int


@dataclass(frozen=True)
class Pretrain(Config):
    checkpoint: str
    revision: str | None
    context: int
    batch: int
    warmup_steps: int
    text: dict[str, Source]
    mixture: dict[str, float]
    objectives: list[str]
    lr: float
    train_tokens: int
    tag: bool
    length_filter: str
    memory: Memory


@dataclass(frozen=True)
class Indicate(Config):
    context: int
    development: Source
    tasks: dict[str, Harness]
    dev_tokens: int
    items: int
    memory: Memory


@dataclass(frozen=True)
class Sft(Config):
    context: int
    data: Dialogues
    lora: Lora | None
    task: str
    sft_recipe: str
    sft_seed: int
    lr: float
    steps: int
    batch: int
    train_items: int
    memory: Memory


@dataclass(frozen=True)
class Evaluate(Config):
    context: int
    harness: Harness
    task: str
    sft_recipe: str
    sft_seed: int
    test_items: int
    memory: Memory
