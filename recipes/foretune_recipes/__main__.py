"""`python -m foretune_recipes <job.json>`: runs the job; exit code 0 when every run is done, else 1.

SIGTERM ends it at once (the default action): what counts is on disk already. Threads and cores are
settled before jax is imported: it reads both once, at start.
"""

import json
import sys
from pathlib import Path

from .processes import join_cluster
from .threads import limit_threads


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m foretune_recipes <path of job.json>", file=sys.stderr)
        return 2
    job = json.loads(Path(arguments[0]).read_text("utf-8"))
    cache = Path(job["cache_dir"])
    # Held until the process ends: another job must not take these cores.
    locks = limit_threads(job["threads"], cache / "cores")

    join_cluster()

    from .compiled import use_compilation_cache
    from .distributed import join_processes
    from .job import run_job

    join_processes()
    use_compilation_cache(cache / "compiled")
    result = run_job(job)
    failed = [run["run_id"] for run in result["runs"] if run["status"] == "failed"]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    del locks
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
