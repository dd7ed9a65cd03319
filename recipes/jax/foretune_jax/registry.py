"""Text domains, objectives, tasks, indicators and SFT recipes: one file each.

None of these files imports JAX or numpy before its functions are called, so that --describe is
quick.
"""

from functools import cache
from types import ModuleType

from foretune_protocol.manifest import discover

Modules = dict[str, ModuleType]


@cache
def domains() -> Modules:
    """Each has LABEL, and `documents(split)` or, for text about the invented world, REGISTERS."""
    return discover("foretune_jax.text")


@cache
def objectives() -> Modules:
    """Each has LABEL and PARTS: elementary objectives and their shares of the rows."""
    return discover("foretune_jax.objectives")


@cache
def tasks() -> Modules:
    """Each has LABEL, DATASET, OPTIONS, `items(world, split, count, seed)` and `available(world,
    split)`."""
    return discover("foretune_jax.tasks")


@cache
def indicators() -> Modules:
    """Each has INDICATORS (facts by name) and `measure(subject)`, which returns rows by table."""
    return discover("foretune_jax.indicators")


@cache
def sft_recipes() -> Modules:
    """Each has LABEL, `fine_tune` and, if it has settings of its own, `Fields`."""
    return discover("foretune_jax.sft_recipes")


def named(modules: Modules, kind: str, name: str) -> ModuleType:
    """Raises ValueError with the known names."""
    if name not in modules:
        raise ValueError(f'There is no {kind} "{name}"; known: {", ".join(modules)}.')
    return modules[name]
