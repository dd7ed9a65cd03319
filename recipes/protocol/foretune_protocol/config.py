"""The configuration of a stage: one declaration of a field says what a study may give and what Python reads.

    class Sft(Config):
        lr: float = option("Peak learning rate", exclusive_minimum=0)
        steps: int = option("Optimiser steps", minimum=1, default=100)

`Sft.schema()` is the JSON Schema that the recipe's manifest shows; `Sft.read(run.config)` is a `Sft`.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, dataclass_transform, get_args, get_origin, get_type_hints

Json = dict[str, Any]
Choices = Sequence[str] | Callable[[], Sequence[str]]

# JSON Schema's words for bounds, as `option` takes them.
BOUNDS = {
    "minimum": "minimum",
    "exclusive_minimum": "exclusiveMinimum",
    "maximum": "maximum",
    "min_items": "minItems",
    "min_length": "minLength",
    "pattern": "pattern",
}
KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def option(
    description: str,
    *,
    default: Any = MISSING,
    choices: Choices | None = None,
    aside: bool = False,
    **bounds: float | str,
) -> Any:
    """A field of a configuration. Without `default` a study must give it.

    `choices`: the words that are allowed, as values, items or keys; a function is called for the schema.
    `aside`: the field decides no result (how memory is used), so it is part of no fingerprint.
    """
    unknown = bounds.keys() - BOUNDS.keys()
    if unknown:
        raise TypeError(f"There are no bounds {sorted(unknown)}; known: {', '.join(BOUNDS)}.")
    facts = {"description": description, "choices": choices, "aside": aside, "bounds": bounds}
    if default is MISSING:
        return field(kw_only=True, metadata=facts)
    # A copy for each: a default may be a list.
    return field(kw_only=True, metadata=facts, default_factory=lambda: deepcopy(default))


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(option,))
@dataclass(frozen=True)
class Config:
    """A class that derives from it is a frozen dataclass of options. Fields that are such classes are nested
    objects. `Config` itself is the configuration of a stage that has no fields."""

    # Whether fields that are not declared are ignored: the object is shared with other stages.
    open: ClassVar[bool] = False
    # How many steps a training run has: the name of a field, or {"tokens", "per_step", "round"}.
    step_count: ClassVar[Mapping[str, Any] | str | None] = None

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)

    @classmethod
    def names(cls) -> list[str]:
        return [one.name for one in fields(cls)]

    @classmethod
    def schema(cls) -> Json:
        """JSON Schema, draft 2020-12."""
        kinds = get_type_hints(cls)
        found = {
            "type": "object",
            "properties": {one.name: _property(one, kinds[one.name]) for one in fields(cls)},
            "required": [one.name for one in fields(cls) if one.default_factory is MISSING],
        }
        if cls.step_count is not None:
            found["x-steps"] = cls.step_count
        return found if cls.open else found | {"additionalProperties": False}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Raises ValueError for keys that are missing or unknown."""
        known = set(cls.names())
        required = {one.name for one in fields(cls) if one.default_factory is MISSING}
        unknown = [] if cls.open else sorted(values.keys() - known)
        missing = sorted(required - values.keys())
        if unknown or missing:
            faults = [f"has unknown keys {unknown}"] * bool(unknown) + [f"needs {missing}"] * bool(missing)
            raise ValueError(
                f"Configuration of {cls.__name__} {' and '.join(faults)}; known: {', '.join(sorted(known))}."
            )
        kinds = get_type_hints(cls)
        return cls(**{key: _read(kinds[key], values[key]) for key in known & values.keys()})

    @classmethod
    def read_with(cls, own: "type[Config] | None", values: Mapping[str, Any]) -> "tuple[Self, Config | None]":
        """This configuration and another whose fields are in the same object, as an SFT recipe's own are.

        Fields of other SFT recipes are ignored: a study may set them for all.
        """
        mine = cls.read({key: value for key, value in values.items() if key in cls.names()})
        if own is None:
            return mine, None
        return mine, own.read({key: value for key, value in values.items() if key in own.names()})


def with_own_fields(schema: Json, own: Mapping[str, type[Config] | None]) -> Json:
    """`schema` of the stage sft, and the fields that single SFT recipes declare: each field says whose it is.

    Two recipes may declare the same field, if they declare it alike.
    """
    properties = dict(schema["properties"])
    for recipe, kind in own.items():
        for name, declared in (kind.schema()["properties"] if kind else {}).items():
            before = properties.get(name, {})
            if before and {**before, "x-sft-recipes": None} != {**declared, "x-sft-recipes": None}:
                raise TypeError(f'SFT recipe "{recipe}" declares the field "{name}" in another way.')
            properties[name] = declared | {"x-sft-recipes": [*before.get("x-sft-recipes", []), recipe]}
    return schema | {"properties": properties}


def _property(one: Field, kind: Any) -> Json:
    facts = one.metadata
    choices = facts["choices"]() if callable(facts["choices"]) else facts["choices"]
    found = {"description": facts["description"]} | _of_kind(kind, choices and list(choices))
    found |= {BOUNDS[name]: bound for name, bound in facts["bounds"].items()}
    if one.default_factory is not MISSING:
        found["default"] = _plain(one.default_factory())
    return found | ({"x-aside": True} if facts["aside"] else {})


def _of_kind(kind: Any, choices: list[str] | None) -> Json:
    if isinstance(kind, UnionType):
        return {"anyOf": [_of_kind(one, choices) for one in get_args(kind)]}
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": _of_kind(inner[0], choices)}
    if origin is dict:
        names = {"propertyNames": {"enum": choices}} if choices else {}
        return {"type": "object", "additionalProperties": _of_kind(inner[1], None)} | names
    if kind in KINDS:
        return {"type": KINDS[kind]} | ({"enum": choices} if choices and kind is str else {})
    if isinstance(kind, type) and issubclass(kind, Config):
        return kind.schema()
    raise TypeError(f"A configuration has no fields of the type {kind}.")


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) else value


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        return _read(_fitting(kind, value), value)
    if get_origin(kind) is dict:
        return {key: _read(get_args(kind)[1], one) for key, one in value.items()}
    return kind.read(value) if isinstance(kind, type) and issubclass(kind, Config) else value


def _fitting(kind: UnionType, value: Any) -> Any:
    """Of several kinds, that of the value."""
    of_type = {NoneType: NoneType, list: list, dict: dict}.get(type(value))
    for one in get_args(kind):
        if one is of_type or get_origin(one) is of_type is not None:
            return one
        if of_type is dict and isinstance(one, type) and issubclass(one, Config):
            return one
    return type(value)
