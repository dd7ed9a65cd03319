"""Measures the memory of the processes of a job. Standard library only."""

import contextlib
import resource
import subprocess
import sys
import time
from pathlib import Path

LOOK_SECONDS = 0.5


class Memory:
    """The resident memory of a job and its limit in bytes; None for no limit."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.resident = 0
        self.next = 0.0

    def is_over(self, session: int) -> bool:
        """Measures twice a second, since reading the page tables of a large process is slow."""
        if self.limit is None or time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + LOOK_SECONDS
        self.resident = resident_bytes(session, self.limit)
        return self.resident > self.limit


def resident_bytes(session: int, limit: int) -> int:
    """Memory of all processes of a session. Pages shared by forks are counted once if that
    matters."""
    if sys.platform != "linux":
        return group_bytes(session)
    resident = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process has exited
            fields = (folder / "stat").read_text("latin-1").rpartition(")")[2].split()
            if int(fields[3]) == session:
                resident[folder] = int(fields[21]) * resource.getpagesize()
    total = sum(resident.values())
    if total <= limit:
        return total
    return sum(proportional_bytes(folder, otherwise) for folder, otherwise in resident.items())


def proportional_bytes(folder: Path, otherwise: int) -> int:
    with contextlib.suppress(OSError):
        for line in (folder / "smaps_rollup").read_text("latin-1").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return otherwise


def group_bytes(group: int) -> int:
    command = ["ps", "-axo", "pgid=,rss="]
    rows = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    pairs = [map(int, row.split()) for row in rows]
    return sum(kibibytes * 1024 for owner, kibibytes in pairs if owner == group)
