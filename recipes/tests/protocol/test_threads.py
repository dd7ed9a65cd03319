"""Jobs side by side keep to threads and cores of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROTOCOL = Path(__file__).resolve().parents[2] / "protocol"
PROGRAM = """
import json, os, sys
from pathlib import Path
from foretune_protocol.threads import THREAD_VARIABLES, limit_threads
locks = limit_threads(int(sys.argv[1]), Path(sys.argv[2]))
cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
print(json.dumps([len(locks), cores, [os.environ[name] for name in THREAD_VARIABLES]]), flush=True)
sys.stdin.read()
"""


class Holder:
    """A process that has taken its cores and keeps them until it is let go."""

    def __init__(self, threads: int, locks: Path) -> None:
        command = [sys.executable, "-B", "-c", PROGRAM, str(threads), str(locks)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=PROTOCOL, stdin=pipe, stdout=pipe, text=True)
        self.taken, self.cores, self.variables = json.loads(self.process.stdout.readline())

    def __enter__(self) -> "Holder":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")


def usable_cores() -> list[int]:
    """None where the system does not let a process choose."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []


def test_each_job_takes_free_cores_and_one_too_many_is_left_to_the_scheduler(tmp_path: Path):
    usable = usable_cores()
    holders = [Holder(1, tmp_path) for _ in usable]
    try:
        assert sorted(core for holder in holders for core in holder.cores) == usable
        with Holder(1, tmp_path) as late:
            assert (late.taken, late.cores) == (0, usable)
    finally:
        for holder in holders:
            holder.__exit__()


def test_a_dead_job_lets_go_of_its_cores(tmp_path: Path):
    expected = usable_cores()[:1]
    with Holder(1, tmp_path) as first:
        assert first.cores == expected
    with Holder(1, tmp_path) as second:
        assert second.cores == expected


def test_a_job_that_cannot_have_all_its_cores_takes_none(tmp_path: Path):
    usable = usable_cores()
    with Holder(len(usable) + 1, tmp_path) as greedy:
        assert (greedy.taken, greedy.cores) == (0, usable)
        assert set(greedy.variables) == {str(len(usable) + 1)}
        with Holder(1, tmp_path) as modest:
            assert modest.cores == usable[:1]
