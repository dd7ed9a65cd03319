"""`python -m foretune_hf <job.json>`: runs the job; exit code 0 when every run is done, else 1.

Several processes may do one job together (processes.py); the first of them writes.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

from foretune_protocol.attempts import Json, Made, Stage
from foretune_protocol.checks import Planned
from foretune_protocol.program import main
from foretune_protocol.run import Run

from .manifest import STAGES, manifest

# foretune sends nothing anywhere.
QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def begin(_: Json) -> Mapping[str, Stage]:
    os.environ |= QUIET
    return {name: _stage(name) for name in STAGES}


def ask(run: Planned) -> Iterable[str]:
    os.environ |= QUIET
    from .check import check

    return check(run)


def _stage(name: str) -> Stage:
    """Imported when it is needed: TRL and the harness take seconds each."""

    def carry_out(run: Run) -> Made:
        stage: Callable[[Run], Made] = getattr(import_module(f"foretune_hf.{name}"), name)
        return stage(run)

    return carry_out


if __name__ == "__main__":
    sys.exit(main(manifest, begin, check=ask))
