"""Leads one job on a node of a Slurm cluster: claims the attempt, runs it, records its end.

    slurm_wrapper.py <root> <batch> <place in the batch>

The claim is a file that only one process can create, so that an attempt that was submitted twice
runs once. A job that Slurm itself restarts (requeue) takes over its own claim. `exit.json` is also
created once: a second record, by the scheduler or by this program, changes nothing. Standard
library only.
"""

import contextlib
import json
import os
import pwd
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # an isolated interpreter does not look there
import job_end
import job_wrapper

LOOK_SECONDS = 5.0
# For nodes that give a job no PATH, as with Slurm 23.02 and later.
PATH = "/usr/local/bin:/usr/bin:/bin"
# The variables of the node's environment that a job receives: no others of the user's login.
KEPT = {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"}
KEPT_PREFIXES = (
    "SLURM",
    *(f"{vendor}_VISIBLE" for vendor in ("CUDA", "NVIDIA", "ROCR", "HIP")),
    *("ZE_AFFINITY", "GPU_DEVICE"),
)


def main(root: Path, batch: str, place: int) -> int:
    tasks = json.loads((root / "batches" / f"{batch}.json").read_text("utf-8"))["tasks"]
    job_dir = root / "jobs" / tasks[place]["name"]
    control = job_dir / "control" / str(tasks[place]["attempt"])
    stopping: list[str] = []
    # Install the handler before other processes can find this one and signal it.
    signal.signal(signal.SIGTERM, lambda *_: stopping.append("cancelled"))
    signal.signal(signal.SIGUSR1, lambda *_: stopping.append("timeout"))
    mine = identity(job_dir / "job.log")
    if not claim(control, mine):
        return 0
    watch(control, mine, stopping)
    request = json.loads((control / "request.json").read_text("utf-8"))
    set_environment(request.get("slurm_bin"))
    end = job_wrapper.run(job_dir, control, request, stopping)
    # During its shutdown the interpreter no longer handles the alarm, which would kill it.
    signal.setitimer(signal.ITIMER_REAL, 0)
    if is_taken_over(control, mine):
        print("Slurm restarted this attempt on another node; its end is not recorded here", flush=True)
    elif not write_once(control / "exit.json", end):
        print("the end of this attempt was recorded before it ended", flush=True)
    return 128 + signal.Signals[end["signal"]] if end["signal"] else end["exit_code"] or 0


def set_environment(slurm_bin: str | None) -> None:
    for name in set(os.environ) - KEPT:
        if not name.startswith(KEPT_PREFIXES):
            del os.environ[name]
    for name, value in (account() | {"PATH": PATH}).items():
        os.environ.setdefault(name, value)
    if slurm_bin and slurm_bin not in os.environ["PATH"].split(":"):
        os.environ["PATH"] += f":{slurm_bin}"
    # The job receives nothing of its submitter's environment; srun passes all of the job's to its
    # tasks.
    os.environ["SLURM_EXPORT_ENV"] = "ALL"
    # By default Slurm 22.05 and later gives a task of srun one processor.
    if "SLURM_CPUS_PER_TASK" in os.environ:
        os.environ["SRUN_CPUS_PER_TASK"] = os.environ["SLURM_CPUS_PER_TASK"]


def account() -> dict[str, str]:
    """The variables that a login would set for the user, if this node knows the user."""
    try:
        user = pwd.getpwuid(os.getuid())
    except KeyError:
        return {}
    return {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name, "SHELL": user.pw_shell}


def identity(log: Path) -> dict:
    return {
        **job_wrapper.identity(os.getpid()),
        "started_at": job_wrapper.now(),
        "host": socket.gethostname(),
        "job_id": job_end.slurm_job(),
        "restart": int(os.environ.get("SLURM_RESTART_COUNT", "0")),
        "log_start": log.stat().st_size if log.exists() else 0,
    }


def claim(control: Path, mine: dict) -> bool:
    """Whether this job is the one that runs the attempt."""
    if has_newer(control):
        print("a newer attempt was submitted", flush=True)
        return False
    file = control / "wrapper.json"
    if (control / "exit.json").exists() and not is_restart(control, file, mine):
        print("the end of this attempt is recorded", flush=True)
        return False
    if write_once(file, mine):
        return True
    if not is_restart(control, file, mine):
        print(f"this attempt was claimed: {file.read_text('utf-8')}", flush=True)
        return False
    job_wrapper.write_json(file, mine)
    return True


def is_restart(control: Path, file: Path, mine: dict) -> bool:
    """Whether Slurm requeued this job; the record of its previous end is then moved aside."""
    try:
        before = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if before["job_id"] != mine["job_id"] or before["restart"] >= mine["restart"]:
        return False
    end = control / "exit.json"
    with contextlib.suppress(FileNotFoundError):
        said = json.loads(end.read_text("utf-8"))
        # Ended by another process, or a recipe that failed because one of its nodes failed.
        failed = said["ended_by"] is None and said["exit_code"] != 0
        if not (failed or said["ended_by"] == "cancelled"):
            return False
        if said.get("settled") or (control / "cancel.json").exists():
            return False
        end.rename(control / f"exit.{before['restart']}.json")
    return True


def has_newer(control: Path) -> bool:
    return any(int(one.name) > int(control.name) for one in control.parent.iterdir() if one.name.isdigit())


def watch(control: Path, mine: dict, stopping: list[str]) -> None:
    """Ends the job if its end is recorded, if Slurm restarted it because its node was lost, or if
    it is to be cancelled, since the scheduler may be unavailable."""

    def look(*_: object) -> None:
        if is_taken_over(control, mine):
            stopping.append("node_failure")
        elif any((control / name).exists() for name in ("exit.json", "cancel.json")):
            stopping.append("cancelled")

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)


def is_taken_over(control: Path, mine: dict) -> bool:
    """Whether Slurm lost contact with this node and restarted the job on another."""
    try:
        return json.loads((control / "wrapper.json").read_text("utf-8"))["restart"] > mine["restart"]
    except (OSError, ValueError):
        return False


def write_once(path: Path, value: dict) -> bool:
    """Atomic; False if the file already exists."""
    temporary = path.with_suffix(f".{socket.gethostname()}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value), "utf-8")
    try:
        os.link(temporary, path)
    except FileExistsError:
        # After a lost response, a file server repeats the request and finds the link that it
        # created.
        return temporary.stat().st_nlink == 2
    finally:
        temporary.unlink()
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
