"""Checks a value against a JSON schema: as much of the standard as recipes/schemas/ uses."""

import re
from pathlib import Path
from typing import Any

from jobs import read_json

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
BOUNDS = {
    "minimum": lambda value, bound: value >= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "maximum": lambda value, bound: value <= bound,
    "minLength": lambda value, bound: len(value) >= bound,
    "maxLength": lambda value, bound: len(value) <= bound,
    "minItems": lambda value, bound: len(value) >= bound,
    "const": lambda value, bound: value == bound,
    "enum": lambda value, bound: value in bound,
    "pattern": lambda value, bound: re.search(bound.replace(r"\p{Cc}", r"\x00-\x1f\x7f-\x9f"), value),
}
STRUCTURE = {"$schema", "description", "default", "type", "anyOf", "oneOf", "properties", "required", "items"}
KNOWN = STRUCTURE | {"additionalProperties", "propertyNames"} | BOUNDS.keys()


def check(value: Any, name: str) -> None:
    """Raises AssertionError with the place of what does not fit `recipes/schemas/<name>.json`."""
    _check(value, read_json(SCHEMAS / f"{name}.json"), name)


def _check(value: Any, schema: dict, at: str) -> None:
    assert schema.keys() <= KNOWN, f"{at}: this checker does not know all of {sorted(schema)}"
    if "anyOf" in schema:
        assert any(_fits(value, option, at) for option in schema["anyOf"]), f"{at}: {value!r} fits no option"
    if "oneOf" in schema:
        fitting = sum(_fits(value, option, at) for option in schema["oneOf"])
        assert fitting == 1, f"{at}: {value!r} fits {fitting} options, not one"
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(_is(value, kind) for kind in types), f"{at}: {value!r} is no {types}"
    if value is not None:
        for key in schema.keys() & BOUNDS.keys():
            assert BOUNDS[key](value, schema[key]), f"{at}: {value!r} breaks {key} {schema[key]}"
    _check_parts(value, schema, at)


def _check_parts(value: Any, schema: dict, at: str) -> None:
    if isinstance(value, list):
        for i, part in enumerate(value):
            _check(part, schema.get("items", {}), f"{at}[{i}]")
    if not isinstance(value, dict) or schema.get("type") != "object":
        return
    assert set(schema.get("required", [])) <= value.keys(), (
        f"{at} needs {set(schema['required']) - value.keys()}"
    )
    for key, part in value.items():
        _check(key, schema.get("propertyNames", {}), f"{at}: key {key}")
        rest = schema.get("additionalProperties", {})
        known = schema.get("properties", {})
        assert key in known or rest is not False, f"{at}: {key} is not in the schema"
        _check(part, known.get(key, rest), f"{at}.{key}")


def _fits(value: Any, schema: dict, at: str) -> bool:
    try:
        _check(value, schema, at)
    except AssertionError:
        return False
    return True


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])
