"""Ends a recipe and its child processes: by process group, or with Slurm under srun.

Standard library only.
"""

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
    """Seconds for a clean exit: none if memory ran out, or if another attempt may already be
    running."""
    if why in ("out_of_memory", "node_failure"):
        return 0.0
    # If a scheduler ends the job, it also kills it after its own grace period.
    return GRACE_SECONDS if (control / "cancel.json").exists() else max(notice, GRACE_SECONDS)


def end_in_order(child: subprocess.Popen, grace: float) -> None:
    if grace:
        signal_all(child, signal.SIGTERM)
    await_exit(child, grace)
    if child.poll() is None:
        signal_all(child, signal.SIGKILL)
    # srun exits when its tasks have exited.
    await_exit(child, GRACE_SECONDS if leads_tasks(child.args) else 0.0)
    kill_group(child.pid, signal.SIGKILL)
    child.wait()


def await_exit(child: subprocess.Popen, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def signal_all(child: subprocess.Popen, number: signal.Signals) -> None:
    """Signals srun's tasks through Slurm: srun kills them at once on SIGTERM, and leaves them on
    SIGKILL."""
    if not leads_tasks(child.args) or not signal_tasks(number):
        kill_group(child.pid, number)


def leads_tasks(command: list[str]) -> bool:
    """Whether the command starts processes that are not its children."""
    return Path(command[0]).name == "srun" and "SLURM_JOB_ID" in os.environ


def signal_tasks(number: signal.Signals) -> bool:
    """Signals the step of srun, the job's first: killing the whole job would leave the tasks
    time."""
    command = ["scancel", f"--signal={number.name.removeprefix('SIG')}", f"{slurm_job()}.0"]
    try:
        return subprocess.run(command, check=False, timeout=GRACE_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def slurm_job() -> str:
    """The job id for Slurm's programs: the plain id of an array's last task is that of the whole
    array."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ["SLURM_JOB_ID"]


def adopt_strays() -> None:
    """Adopts orphaned processes that a recipe started in sessions of their own."""
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
