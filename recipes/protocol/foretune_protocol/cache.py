"""Things that take long to build and are shared by jobs: built once, whole or not at all.

Several processes may ask at once: one builds under a lock on the entry, the others wait and read.
A lock dies with its process, so a killed builder leaves nothing that must be cleared away.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive advisory lock on `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def cached(path: Path, build: Callable[[Path], None]) -> Path:
    """`path`, made by `build(temporary path)` if it is not there yet."""
    if path.exists():
        return path
    with locked(path.with_name(path.name + ".lock")):
        if not path.exists():
            write_atomically(path, build)
    return path


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Readers see the old file or the whole new one, a crash of the machine included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(temporary)
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
