"""Runs one attempt at a job, and outlives the process that started it (job_launcher.py forks it).

Takes the attempt's lock and a slot, both held by the kernel until this process dies, so that no
attempt runs twice and no more jobs run than there are slots. Writes `exit.json` by rename at the
end, since a worker that starts later cannot wait for a process that is not its child. Standard
library only.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from job_end import POLL_SECONDS, adopt_strays, end_in_order, grace_of, kill_group, kill_strays, leads_tasks
from job_memory import Memory

PR_SET_PDEATHSIG = 1
# Reserved while a job runs, so that its end can be recorded if the job fills the disk.
RESERVE_BYTES = 65_536


def main(job_dir: Path, attempt: str, slots_dir: Path, slots: int, known: Callable[[], None]) -> None:
    """`known` is called when all processes can see that the attempt runs, and never if it does not
    run."""
    control = job_dir / "control" / attempt
    lock = try_lock(control / "lock")
    if lock is None or (control / "exit.json").exists() or (control / "wrapper.json").exists():
        return
    slot = take_slot(slots_dir, slots)
    if slot is None:
        return
    write_json(
        slots_dir / f"slot{slot[0]}.json",
        {**identity(os.getpid()), "job": job_dir.name},
    )
    stopping: list[str] = []
    # Install the handler before other processes can find this one and signal it.
    signal.signal(signal.SIGTERM, lambda *_: stopping.append("cancelled"))
    write_json(control / "wrapper.json", {**identity(os.getpid()), "started_at": now()})
    known()
    request = json.loads((control / "request.json").read_text("utf-8"))
    write_json(control / "exit.json", run(job_dir, control, request, stopping))


def run(job_dir: Path, control: Path, request: dict, stopping: list[str]) -> dict:
    """The result of the attempt."""
    # The result of an older attempt must not be used for this one.
    (job_dir / "result.json").unlink(missing_ok=True)
    started = time.monotonic()
    reserve = control / "reserve"
    full = why_full(reserve)
    with (job_dir / "job.log").open("ab") as log:
        log_start = log.tell()
        memory = Memory(request.get("memory_limit_bytes"))
        ended_by, code = (None, 1) if full else execute(job_dir, control, request, log, stopping, memory)
    if code and not full:
        full = why_full(control / "probe")
    for file in (reserve, control / "probe"):
        file.unlink(missing_ok=True)
    unseen = {"cpu_seconds": None, "max_rss_bytes": None} if leads_tasks(request["command"]) else {}
    return end_record(started, ended_by, code, log_start, memory) | {"full": full} | unseen


def why_full(probe: Path) -> str | None:
    """The system's error if no further file can be written; the job's log may have had no room for
    it."""
    try:
        probe.write_bytes(bytes(RESERVE_BYTES))
    except OSError as error:
        return error.strerror
    return None


def execute(job_dir: Path, control: Path, request: dict, log, stopping: list[str], memory: Memory) -> tuple:
    """Why the job was stopped (None: it exited by itself) and its exit code."""
    if (control / "cancel.json").exists():
        return "cancelled", None
    kills_before = oom_kills()
    adopt_strays()
    try:
        child = start(job_dir, control, request, log)
    except OSError as error:
        log.write(f"{request['command'][0]} cannot be started: {error}\n".encode())
        return None, 127
    ended_by = wait(child, control, request, stopping, memory)
    # Kill the processes that the recipe left running, before another attempt may start.
    kill_group(child.pid, signal.SIGKILL)
    kill_strays()
    if ended_by is None and child.returncode == -signal.SIGKILL and oom_kills() > kills_before:
        ended_by = "out_of_memory"
    return ended_by, child.returncode


def start(job_dir: Path, control: Path, request: dict, log) -> subprocess.Popen:
    wrapper = os.getpid()
    return subprocess.Popen(
        [*request["command"], str(job_dir / "job.json")],
        cwd=job_dir,
        env={**os.environ, **request["environment"]},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # This process has one thread, so that code between fork and exec is safe.
        preexec_fn=lambda: before_exec(control, wrapper),
    )


def before_exec(control: Path, wrapper: int) -> None:
    """The kernel kills the job when this wrapper is killed: an unwatched job must not continue."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    write_json(control / "child.json", identity(os.getpid()))
    if os.getppid() != wrapper:
        os._exit(1)  # the wrapper was killed before this setting


def wait(
    child: subprocess.Popen, control: Path, request: dict, stopping: list[str], memory: Memory
) -> str | None:
    """Waits for the end; returns why the job was stopped, or None if it exited by itself."""
    started = time.monotonic()
    # How long before its time limit a recipe is notified, so that it can write a checkpoint.
    notice = request.get("notice_seconds") or 0
    limit = request["time_limit_seconds"]
    end = end_of(child.pid)
    while child.poll() is None and not stopping:
        if limit is not None and time.monotonic() - started > max(limit - notice, 0):
            stopping.append("timeout")
        if memory.is_over(child.pid):
            stopping.append("out_of_memory")
        await_end(end, POLL_SECONDS)
    if child.poll() is not None:
        # The process that ends a job may also signal its recipe, which may exit first.
        return stopping[0] if stopping and child.returncode else None
    end_in_order(child, grace_of(stopping[0], control, notice))
    return stopping[0]


def end_of(pid: int) -> int | None:
    """A handle that can be waited for, or None on a system without them."""
    with contextlib.suppress(AttributeError, OSError):
        return os.pidfd_open(pid)
    return None


def await_end(handle: int | None, seconds: float) -> None:
    """Returns at once when the process has ended, at the latest after the given time."""
    if handle is None:
        time.sleep(seconds)
    else:
        select.select([handle], [], [], seconds)


def end_record(
    started: float, ended_by: str | None, code: int | None, log_start: int, memory: Memory
) -> dict:
    """The content of `exit.json`."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "ended_by": ended_by,
        "exit_code": code if code is not None and code >= 0 else None,
        "signal": signal.Signals(-code).name if code is not None and code < 0 else None,
        "ended_at": now(),
        "log_start": log_start,
        "wall_seconds": time.monotonic() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "max_rss_bytes": usage.ru_maxrss * unit,
        "memory": {"resident_bytes": memory.resident, "limit_bytes": memory.limit},
    }


def take_slot(folder: Path, count: int):
    for number in range(count):
        lock = try_lock(folder / f"slot{number}.lock")
        if lock is not None:
            return number, lock
    return None


def try_lock(path: Path):
    """An open, locked file, or None when another process holds it."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def identity(pid: int) -> dict:
    """Pid and start time, since pids are reused. Same as in src/base/processes.ts."""
    if sys.platform == "linux":
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        started = stat[stat.rindex(")") + 2 :].split(" ")[19]
    else:
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        started = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return {"pid": pid, "started": started}


def oom_kills() -> int:
    """Number of processes of this control group that the kernel killed for memory; 0 if unknown."""
    try:
        group = Path("/proc/self/cgroup").read_text("utf-8").strip().rsplit(":", 1)[-1].lstrip("/")
        events = (Path("/sys/fs/cgroup") / group / "memory.events").read_text("utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in events.splitlines() if line.startswith("oom_kill "))


def write_json(path: Path, value: dict) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value), "utf-8")
    temporary.rename(path)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
