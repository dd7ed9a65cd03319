"""The configuration of each stage, as job.json carries it."""

import re
from dataclasses import dataclass

from .stage_config import Config

ALL_LENGTHS = "all"


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
