"""What a recipe says of itself: the JSON that `<command> --describe` prints (src/domain/manifest.ts)."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Literal

from .config import Config

FORMAT = 1

Json = dict[str, Any]
Known = Mapping[str, Json] | Literal["any"]


def describe(
    *,
    version: str,
    stages: Mapping[str, type[Config] | Json],
    tasks: Known = "any",
    indicators: Known = "any",
    domains: Known = "any",
    objectives: Known = "any",
    sft_recipes: Known = "any",
) -> Json:
    """The manifest. `stages`: for each stage that the recipe carries out, its configuration as a class or as
    JSON Schema. What it knows: facts by name (label, metric, better, indicator), or "any" name."""
    return {
        "format": FORMAT,
        "version": version,
        "stages": {name: kind if isinstance(kind, dict) else kind.schema() for name, kind in stages.items()},
        "tasks": tasks,
        "indicators": indicators,
        "domains": domains,
        "objectives": objectives,
        "sft_recipes": sft_recipes,
    }


def discover(package: str) -> dict[str, ModuleType]:
    """The modules of a package, sorted by the name that each declares as `NAME`, else has as a file.

    So a new one is one new file. Those whose file begins with "_" are not of this kind.
    """
    folder = importlib.import_module(package)
    names = [one.name for one in pkgutil.iter_modules(folder.__path__) if not one.name.startswith("_")]
    found = [importlib.import_module(f"{package}.{name}") for name in names]
    by_name = {getattr(module, "NAME", name): module for module, name in zip(found, names, strict=True)}
    if len(by_name) < len(found):
        raise TypeError(f"Two modules of {package} declare the same NAME.")
    return dict(sorted(by_name.items()))
