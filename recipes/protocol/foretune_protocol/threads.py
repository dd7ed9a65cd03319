"""Holds a job to its computing threads. Must run before numpy, JAX or torch are imported.

Two jobs side by side must not share a core while another is idle: each takes free cores by locks, which
its death lets go of. Without a free core the scheduler decides.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def limit_threads(threads: int, lock_dir: Path) -> list[IO]:
    """Sets the environment and the processor affinity; keep the returned locks as long as the process."""
    os.environ |= {name: str(threads) for name in THREAD_VARIABLES}
    os.environ["TOKENIZERS_PARALLELISM"] = str(threads > 1).lower()
    if not hasattr(os, "sched_setaffinity"):
        return []
    return _take_cores(threads, lock_dir)


def _take_cores(threads: int, lock_dir: Path) -> list[IO]:
    lock_dir.mkdir(parents=True, exist_ok=True)
    taken: dict[int, IO] = {}
    for core in sorted(os.sched_getaffinity(0)):
        if len(taken) < threads and (lock := _try_lock(lock_dir / f"core{core}.lock")):
            taken[core] = lock
    if len(taken) == threads:
        os.sched_setaffinity(0, taken)
        return list(taken.values())
    for lock in taken.values():
        lock.close()
    return []


def _try_lock(path: Path) -> IO | None:
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
