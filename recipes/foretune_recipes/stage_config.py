"""Reads the configuration of a stage in job.json; unknown and missing keys are refused by name."""

from collections.abc import Mapping
from dataclasses import fields
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
