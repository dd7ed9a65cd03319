"""The program of a recipe of ours: `python -m <recipe> <job.json>`. Free of JAX and torch.

SIGTERM ends it where training can write a checkpoint (notice.py), else at once. Threads, cores and processes
are settled before `begin` imports JAX or torch, which read them once, at start.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .processes import join_cluster
from .threads import limit_threads

Json = dict[str, Any]


def main(recipe: str, arguments: list[str], begin: Callable[[Path], Callable[[Json], Json]]) -> int:
    """Exit code 0 when every run is done, else 1. `begin` gets the cache and returns what runs the job."""
    if len(arguments) != 1:
        print(f"usage: python -m {recipe} <path of job.json>", file=sys.stderr)
        return 2
    job = json.loads(Path(arguments[0]).read_text("utf-8"))
    cache = Path(job["cache_dir"])
    # Held until the process ends: another job must not take these cores.
    locks = limit_threads(job["threads"], cache / "cores")
    join_cluster()
    result = begin(cache)(job)
    failed = [run["run_id"] for run in result["runs"] if run["status"] == "failed"]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    del locks
    return 1 if failed else 0
