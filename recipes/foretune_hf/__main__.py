"""`python -m foretune_hf <job.json>`: runs the job; exit code 0 when every run is done, else 1.

Several processes may do one job together (processes.py); the first of them writes.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from foretune_recipes.program import Json, main

# foretune sends nothing anywhere.
QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def begin(_: Path) -> Callable[[Json], Json]:
    os.environ |= QUIET

    from .job import run_job

    return run_job


if __name__ == "__main__":
    sys.exit(main("foretune_hf", sys.argv[1:], begin))
