"""Runs one attempt at a job, and outlives whoever started it (job_launcher.py forks it).

Takes the attempt's lock and a slot, both held by the kernel until this process dies, so that no attempt runs
twice and no more jobs run than there are slots. Writes `exit.json` by rename at the end, since a worker
that came later cannot wait for a process that is not its child. Standard library only.
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
# Held while a job runs, so that its end can be written down where it filled its disk.
RESERVE_BYTES = 65_536


def main(job_dir: Path, attempt: str, slots_dir: Path, slots: int, known: Callable[[], None]) -> None:
    """`known` is called once everybody can see that the attempt runs, and not at all if it does not."""
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
    # Before anybody can know this process and ask it to end.
    signal.signal(signal.SIGTERM, lambda *_: stopping.append("cancelled"))
    write_json(control / "wrapper.json", {**identity(os.getpid()), "started_at": now()})
    known()
    request = json.loads((control / "request.json").read_text("utf-8"))
    write_json(control / "exit.json", run(job_dir, control, request, stopping))


def run(job_dir: Path, control: Path, request: dict, stopping: list[str]) -> dict:
    """How the attempt ended."""
    # An older attempt's answer must not be taken for this one's.
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
    """What the system says where there is no room for one more file; a job's own log may have had none."""
    try:
        probe.write_bytes(bytes(RESERVE_BYTES))
    except OSError as error:
        return error.strerror
    return None


def execute(job_dir: Path, control: Path, request: dict, log, stopping: list[str], memory: Memory) -> tuple:
    """Why the job was ended (None: by itself) and its exit code."""
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
    # What the recipe left running goes with it, before another attempt may begin.
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
    """The kernel kills the job when this wrapper is killed: what nobody watches must not go on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    write_json(control / "child.json", identity(os.getpid()))
    if os.getppid() != wrapper:
        os._exit(1)  # it was killed before the kernel knew


def wait(
    child: subprocess.Popen, control: Path, request: dict, stopping: list[str], memory: Memory
) -> str | None:
    """Waits for the end; why the job was ended, or None when it ended by itself."""
    started = time.monotonic()
    # How long before its time limit a recipe is told, so that it can write a checkpoint.
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
        # Whoever ends a job may tell its recipe too, which may be faster.
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
    """What `exit.json` says."""
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
    """Pid and start time: a pid alone is given to another process later. As src/processes.ts has it."""
    if sys.platform == "linux":
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        started = stat[stat.rindex(")") + 2 :].split(" ")[19]
    else:
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        started = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return {"pid": pid, "started": started}


def oom_kills() -> int:
    """How many processes of this control group the kernel killed for memory; 0 where it does not say."""
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
