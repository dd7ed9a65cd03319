"""`python -m foretune_recipes <job.json>`: runs the job; exit code 0 when every run is done, else 1."""

import sys
from collections.abc import Callable
from pathlib import Path

from .program import Json, main


def begin(cache: Path) -> Callable[[Json], Json]:
    from .compiled import use_compilation_cache
    from .distributed import join_processes
    from .job import run_job

    join_processes()
    use_compilation_cache(cache / "compiled")
    return run_job


if __name__ == "__main__":
    sys.exit(main("foretune_recipes", sys.argv[1:], begin))
