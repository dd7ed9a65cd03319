"""The reference recipe, watched: `witness.py job.json`.

Notes when the process and each run that it really executes start and end, one JSON object a line, in
`witness.jsonl` of the state folder. The product knows nothing of that file.
"""

import json
import os
import resource
import sys
from pathlib import Path

from foretune_recipes import __main__ as recipe
from foretune_recipes import program

JOB = Path(sys.argv[1]).resolve()
# <state folder>/clusters/<cluster>/jobs/<job>/job.json
FILE = JOB.parents[4] / "witness.jsonl"


def note(what: str, run: str | None = None) -> None:
    line = {"what": what, "run": run, "job": JOB.parent.name, "pid": os.getpid()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit that is there to make the product's writes fail must not silence the witness.
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with FILE.open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def watched(attempt):
    def noted(job, run, execute, results):
        note("run-start", run["run_id"])
        result = attempt(job, run, execute, results)
        if result["status"] == "done":
            note("run-end", run["run_id"])
        return result

    return noted


def settle(*arguments):
    """Stands in for what settles threads and cores: only behind it may numpy be imported."""
    locks = limit_threads(*arguments)
    from foretune_recipes import attempts

    attempts._attempt = watched(attempts._attempt)
    return locks


limit_threads, program.limit_threads = program.limit_threads, settle
note("start")
code = program.main("foretune_recipes", sys.argv[1:], recipe.begin)
if code == 0:
    note("end")
sys.exit(code)
