"""Several processes of torch that do one job together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from foretune_recipes.processes import count, is_first, join_cluster

__all__ = ["count", "each_for_itself", "is_first", "join_cluster", "wait_for_all"]


def wait_for_all() -> None:
    if count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


@contextmanager
def each_for_itself() -> Iterator[None]:
    """What runs inside is not told of the other processes.

    Under FSDP transformers gives the first process alone the weights, and the harness tells its results
    to the first alone, whatever model it was given.
    """
    names = ("ACCELERATE_USE_FSDP", "LOCAL_RANK")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ |= before
