"""The ways to fine-tune: one file each in sft_recipes/. None imports torch before it is asked to work."""

from functools import cache
from types import ModuleType

from foretune_protocol.manifest import discover


@cache
def sft_recipes() -> dict[str, ModuleType]:
    """Each has LABEL, FLOPS_PER_WEIGHT, `trainer_options(own)`, `complete(start, made)` and, where it has
    settings of its own, `Fields` and `problems(own, model)`: what is wrong with them for a model."""
    return discover("foretune_hf.sft_recipes")


def sft_recipe(name: str) -> ModuleType:
    known = sft_recipes()
    if name not in known:
        raise ValueError(f'There is no SFT recipe "{name}"; known: {", ".join(known)}.')
    return known[name]
