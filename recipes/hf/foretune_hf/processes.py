"""Several processes of torch that do one job together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from foretune_protocol.processes import count, is_first, join_cluster

__all__ = ["any_process", "count", "each_for_itself", "is_first", "join_cluster", "wait_for_all"]


def wait_for_all() -> None:
    if count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def any_process(holds: bool) -> bool:
    """Whether it holds in any of them; all must ask."""
    if count() == 1:
        return holds
    import torch
    from accelerate import PartialState

    held = torch.tensor(int(holds), device=PartialState().device)
    torch.distributed.all_reduce(held, torch.distributed.ReduceOp.MAX)
    return bool(held.item())


@contextmanager
def each_for_itself() -> Iterator[None]:
    """Runs its body as if there were no other processes.

    Under FSDP, transformers loads weights in the first process only, and the harness returns results in
    the first process only, whatever model it was given.
    """
    names = ("ACCELERATE_USE_FSDP", "LOCAL_RANK")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ |= before
