"""The configuration of each stage, as job.json carries it (src/domain/hugging-face.ts writes it).

Unknown and missing keys are refused by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import NoneType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints


class Config:
    """A frozen dataclass read from JSON; fields that are such dataclasses are read in the same way."""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        unknown, missing = sorted(values.keys() - known), sorted(known - values.keys())
        if unknown or missing:
            raise ValueError(
                f"Configuration of {cls.__name__} has unknown keys {unknown} and lacks {missing}; "
                f"expected exactly {sorted(known)}."
            )
        kinds = get_type_hints(cls)
        return cls(**{key: _read(kinds[key], value) for key, value in values.items()})


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        (kind, *_) = (one for one in get_args(kind) if one is not NoneType)
        return None if value is None else _read(kind, value)
    if get_origin(kind) is dict:
        return {key: _read(get_args(kind)[1], one) for key, one in value.items()}
    return kind.read(value) if isinstance(kind, type) and issubclass(kind, Config) else value


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
