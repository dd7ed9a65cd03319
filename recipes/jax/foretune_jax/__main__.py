"""`python -m foretune_jax <job.json>`: runs the job; exit code 0 when every run is done, otherwise
1."""

import sys
from collections.abc import Mapping
from pathlib import Path

from foretune_protocol.attempts import Json, Stage
from foretune_protocol.program import main

from .check import check
from .manifest import manifest


def begin(job: Json) -> Mapping[str, Stage]:
    from .devices import use_threads

    use_threads(job["threads"])
    from .compiled import use_compilation_cache
    from .distributed import join_processes
    from .stages import STAGES

    join_processes()
    use_compilation_cache(Path(job["cache_dir"]) / "compiled")
    return STAGES


if __name__ == "__main__":
    sys.exit(main(manifest, begin, check=check))
