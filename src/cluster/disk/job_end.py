"""Ends a recipe and all that it started: by process group, under srun by Slurm. Standard library only."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE_SECONDS = 10.0
POLL_SECONDS = 0.05
PR_SET_CHILD_SUBREAPER = 36


def grace_of(why: str, control: Path, notice: float) -> float:
    """Seconds that a recipe has to end in order: none to take more memory, or to write where another runs."""
    if why in ("out_of_memory", "node_failure"):
        return 0.0
    # Whoever ended it by itself, a scheduler, kills it when its own time is over.
    return GRACE_SECONDS if (control / "cancel.json").exists() else max(notice, GRACE_SECONDS)


def end_in_order(child: subprocess.Popen, grace: float) -> None:
    if grace:
        signal_all(child, signal.SIGTERM)
    await_exit(child, grace)
    if child.poll() is None:
        signal_all(child, signal.SIGKILL)
    # srun ends when its tasks have.
    await_exit(child, GRACE_SECONDS if leads_tasks(child.args) else 0.0)
    kill_group(child.pid, signal.SIGKILL)
    child.wait()


def await_exit(child: subprocess.Popen, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def signal_all(child: subprocess.Popen, number: signal.Signals) -> None:
    """srun, told to end, kills its tasks at once, and killed, leaves them: Slurm tells them."""
    if not leads_tasks(child.args) or not signal_tasks(number):
        kill_group(child.pid, number)


def leads_tasks(command: list[str]) -> bool:
    """Whether what it starts are no children of it."""
    return Path(command[0]).name == "srun" and "SLURM_JOB_ID" in os.environ


def signal_tasks(number: signal.Signals) -> bool:
    """By the step of srun, a job's first: the job itself, killed, leaves them time."""
    command = ["scancel", f"--signal={number.name.removeprefix('SIG')}", f"{slurm_job()}.0"]
    try:
        return subprocess.run(command, check=False, timeout=GRACE_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def slurm_job() -> str:
    """As Slurm's programs take it: the bare number of an array's last task is that of the whole array."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ["SLURM_JOB_ID"]


def adopt_strays() -> None:
    """Processes that a recipe starts in sessions of their own, and leaves, become children of this one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def kill_strays() -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    while (strays := children()) and time.monotonic() < deadline:
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(POLL_SECONDS)


def children() -> list[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in path.read_text("utf-8").split()] if path.exists() else []


def kill_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
