"""Starts the wrappers of jobs (job_wrapper.py) by forking.

An interpreter takes longer to start than a small job takes.

    job_launcher.py <folder of the cluster>

Reads a line of JSON for each job, `{"id", "job_dir", "attempt", "slots_dir", "slots", "log"}`, and
answers with lines: `{"id", "running": true}` when all processes can see that the job runs, `{"id",
"error"}` if its wrapper failed before that, `{"id", "exit": code}` when the wrapper has exited. The
folder is an argument so that the list of processes shows it. The launcher exits at the end of its
input; wrappers run in sessions of their own and continue. Standard library only.
"""

import contextlib
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "disk"))
import job_wrapper

MOST_SAID = 600
"""Maximum characters of an error: escaped, at six bytes each, its line is still one atomic pipe
write."""


def main() -> None:
    wake, wakened = os.pipe()
    os.set_blocking(wakened, False)
    signal.set_wakeup_fd(wakened)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, int] = {}
    rest = b""
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            report_ends(children)
        if 0 not in ready:
            continue
        read = os.read(0, 65536)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            request = json.loads(line)
            children[fork(request, [wake, wakened])] = request["id"]


def fork(request: dict, pipes: list[int]) -> int:
    """Forks safely, since this process has one thread."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for pipe in pipes:
            os.close(pipe)
        code = wrap(request)
    finally:
        os._exit(code)


def wrap(request: dict) -> int:
    """The main function of the wrapper's process. Returns its exit code."""
    answers = [os.dup(1)]

    def answer(content: dict) -> None:
        while answers:
            send(answers[0], {"id": request["id"], **content})
            os.close(answers.pop())

    try:
        os.setsid()
        take_streams(request["log"])
        os.chdir(request["job_dir"])
        job_wrapper.main(
            Path(request["job_dir"]),
            str(request["attempt"]),
            Path(request["slots_dir"]),
            request["slots"],
            lambda: answer({"running": True}),
        )
    except BaseException as error:
        answer({"error": f"{type(error).__name__}: {error}"[:MOST_SAID]})
        traceback.print_exc()
        return 1
    return 0


def take_streams(log: str) -> None:
    """Redirects standard input to the null device, and output to the wrapper's log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def report_ends(children: dict[int, int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        send(1, {"id": children.pop(pid), "exit": os.waitstatus_to_exitcode(status)})


def send(handle: int, content: dict) -> None:
    """One atomic write, since many processes share the pipe. A worker that has exited needs no
    answer."""
    with contextlib.suppress(OSError):
        os.write(handle, json.dumps(content).encode() + b"\n")


if __name__ == "__main__":
    main()
