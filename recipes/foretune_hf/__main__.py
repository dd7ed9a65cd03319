"""`python -m foretune_hf <job.json>`: runs the job; exit code 0 when every run is done, else 1.

Several processes may do one job together (processes.py); the first of them writes.
SIGTERM ends it at once: what counts is on disk already. Threads are settled before torch is imported.
"""

import json
import os
import sys
from pathlib import Path

from foretune_recipes.threads import limit_threads

from .processes import join_cluster

# foretune sends nothing anywhere.
QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m foretune_hf <path of job.json>", file=sys.stderr)
        return 2
    job = json.loads(Path(arguments[0]).read_text("utf-8"))
    # Held until the process ends: another job must not take these cores.
    locks = limit_threads(job["threads"], Path(job["cache_dir"]) / "cores")
    os.environ |= QUIET
    join_cluster()

    from .job import run_job

    result = run_job(job)
    failed = [run["run_id"] for run in result["runs"] if run["status"] == "failed"]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    del locks
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
