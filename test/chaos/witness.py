"""The reference recipe, watched: `witness.py job.json`, or --describe as it does.

Notes when the process and each run that it really executes start and end, one JSON object a line,
in `witness.jsonl` of the state folder. The product knows nothing of that file.
"""

import json
import os
import resource
import sys
from pathlib import Path

from foretune_jax import __main__ as recipe
from foretune_protocol import attempts, program

JOB = Path(sys.argv[1]).resolve()


def note(what: str, run: str | None = None) -> None:
    line = {"what": what, "run": run, "job": JOB.parent.name, "pid": os.getpid()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit that is there to make the product's writes fail must not silence the witness.
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    # <state folder>/clusters/<cluster>/jobs/<job>/job.json
    with (JOB.parents[4] / "witness.jsonl").open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def watched(attempt):
    def noted(job, run, stages, done):
        note("run-start", run["run_id"])
        made = attempt(job, run, stages, done)
        if made.result["status"] == "done":
            note("run-end", run["run_id"])
        return made

    return noted


attempts._attempt = watched(attempts._attempt)
IS_JOB = not sys.argv[1].startswith("-")
if IS_JOB:
    note("start")
code = program.main(recipe.manifest, recipe.begin, check=recipe.check)
if IS_JOB and code == 0:
    note("end")
sys.exit(code)
