"""Several JAX processes that train one model, each on its own devices.

All make the same arrays and take their part of each step's rows. Every process makes all
measurements itself: nothing is exchanged, so no process waits for another.
"""

import os
from math import gcd

import jax
import numpy as np
from jax.experimental import multihost_utils

from foretune_protocol import processes


def join_processes() -> None:
    """Must run before JAX looks for its devices: each process of a node takes one GPU. On CPUs they
    communicate through Gloo."""
    if processes.count() == 1:
        return
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    # Otherwise it would catch SIGTERM and do nothing.
    jax.config.update("jax_enable_preemption_service", False)
    # The port that torchrun names belongs to its own agent.
    port = int(os.environ["MASTER_PORT"]) + ("TORCHELASTIC_RUN_ID" in os.environ)
    address = f"{os.environ['MASTER_ADDR']}:{port}"
    jax.distributed.initialize(address, processes.count(), processes.rank(), processes.local_rank())


def any_process(holds: bool) -> bool:
    """Whether it is true in any process; all of them must call this."""
    if processes.count() == 1:
        return holds
    return bool(multihost_utils.process_allgather(np.asarray(holds)).any())


def wait_for_all(where: str) -> None:
    """The same `where` in every process."""
    if processes.count() > 1:
        multihost_utils.sync_global_devices(where)


def dealt_rows(rows: int) -> int:
    """The rows of a step, with empty rows added so that every process gets equally many."""
    return -(-rows // jax.process_count()) * jax.process_count()


def training_devices(rows: int) -> list[jax.Device]:
    """Equally many devices of each process, so that they divide the rows evenly."""
    several = jax.process_count()
    each = gcd(rows // several, jax.local_device_count())
    return [device for i in range(several) for device in jax.local_devices(process_index=i)[:each]]
