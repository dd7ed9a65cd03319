"""The command line of a recipe: `--describe`, `--check <file>`, or the path of job.json.

SIGTERM ends it where training can write a checkpoint (notice.py), else at once. Threads, cores and processes
are settled before the stages are asked for, since JAX and torch read them once, when they are imported.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from .attempts import Json, Stage, run_job
from .checks import Check, problems
from .processes import is_first, join_cluster
from .threads import limit_threads

Stages = Mapping[str, Stage]


def main(
    manifest: Json | Callable[[], Json],
    stages: Stages | Callable[[Json], Stages],
    *,
    check: Check | None = None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Exit code 0 when every run is done, 1 when one failed, 2 for arguments that are not understood.

    `stages`: what carries out each stage, by name; or a function that imports it, given the job. `arguments`:
    those of the command line, when not given.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    described = manifest() if callable(manifest) else manifest
    if check:
        described = described | {"checks": True}
    match given:
        case ["--describe"]:
            _say(described)
            return 0
        case ["--check", path] if check:
            # The answer is all that is printed, whatever libraries print.
            with redirect_stdout(sys.stderr):
                found = problems(json.loads(Path(path).read_text("utf-8")), check)
            _say({"problems": found})
            return 0
        case [path] if not path.startswith("-"):
            return _run(json.loads(Path(path).read_text("utf-8")), described["version"], stages)
    others = "--describe or --check <file>" if check else "--describe"
    print(f"Expected the path of a job.json, or {others}.", file=sys.stderr)
    return 2


def _say(answer: Json) -> None:
    """Of several processes that a launcher started, one answers."""
    if is_first():
        print(json.dumps(answer))


def _run(job: Json, version: str, stages: Stages | Callable[[Json], Stages]) -> int:
    # Held until the process ends: another job must not take these cores.
    locks = limit_threads(job["threads"], Path(job["cache_dir"]) / "cores")
    join_cluster()
    result = run_job(job, version, stages(job) if callable(stages) else stages)
    failed = [run["run_id"] for run in result["runs"] if run["status"] == "failed"]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    del locks
    return 1 if failed else 0
