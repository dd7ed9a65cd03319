"""Learners of variants: one file each, whose name is the learner's and whose `make()` returns a
`Learn`."""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from ..classifiers import Refused

if TYPE_CHECKING:
    from ..learning import Learn


def variant_learner(name: str) -> "Learn":
    """Raises Refused for a name without a file."""
    if name not in _names():
        raise Refused(f'There is no learner of variants "{name}"; known: {", ".join(_names())}.')
    return importlib.import_module(f"{__name__}.{name}").make()


@cache
def _names() -> list[str]:
    return sorted(one.name for one in pkgutil.iter_modules(__path__))
