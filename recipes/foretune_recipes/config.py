"""The configuration of each stage, as job.json carries it. Unknown and missing keys are refused by name."""

import re
from dataclasses import dataclass, fields
from typing import Any, Self

ALL_LENGTHS = "all"


class Config:
    """A frozen dataclass read from JSON."""

    @classmethod
    def read(cls, values: dict[str, Any]) -> Self:
        known = {field.name: field for field in fields(cls)}
        unknown, missing = sorted(values.keys() - known), sorted(known - values.keys())
        if unknown or missing:
            raise ValueError(
                f"Configuration of {cls.__name__} has unknown keys {unknown} and lacks {missing}; "
                f"expected exactly {sorted(known)}."
            )
        nested = {"model": Model.read}
        return cls(**{key: nested.get(key, lambda v: v)(value) for key, value in values.items()})


@dataclass(frozen=True)
class Model(Config):
    layers: int
    width: int
    heads: int
    context: int
    vocabulary: int

    def __post_init__(self) -> None:
        if self.width % (2 * self.heads):
            raise ValueError(
                f"width {self.width} must divide by twice the heads ({self.heads}): rotary positions turn "
                "pairs of numbers."
            )


@dataclass(frozen=True)
class Pretrain(Config):
    model: Model
    objectives: list[str]
    mixture: dict[str, float]
    lr: float
    train_tokens: int
    tag: bool
    length_filter: str

    def __post_init__(self) -> None:
        if self.length_filter != ALL_LENGTHS and not re.fullmatch(r"\d{1,2}-\d{1,3}", self.length_filter):
            raise ValueError(
                f'length_filter "{self.length_filter}" is neither "{ALL_LENGTHS}" nor two percentages such '
                'as "25-75".'
            )


@dataclass(frozen=True)
class Indicate(Config):
    model: Model
    dev_tokens: int
    items: int


@dataclass(frozen=True)
class Sft(Config):
    model: Model
    task: str
    sft_recipe: str
    sft_seed: int
    lr: float
    steps: int
    batch: int
    train_items: int


@dataclass(frozen=True)
class Evaluate(Config):
    model: Model
    task: str
    sft_recipe: str
    sft_seed: int
    test_items: int
