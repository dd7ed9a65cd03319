"""Jobs that end in the middle, at once or in order: the next attempt goes on, to the same
weights."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from jobs import Json, assert_same_outcome, finish, job, pretrain_run, start

from foretune_jax.pretrain import CHECKPOINT_STEPS
from foretune_jax.train import CHUNK


def base(work: Path, cache_dir: Path) -> Json:
    """On two threads."""
    base = {"step_tokens": 1024, "decay_from": 0.5, "decay_to": 0.1, "volume": 1}
    runs = [pretrain_run("base", CHECKPOINT_STEPS * 3 // 2 * 1024, **base)]
    return job(work, cache_dir, runs) | {"threads": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("interrupted")


@pytest.fixture(scope="module")
def expected(folder: Path, cache_dir: Path) -> Json:
    """The run of a job that nobody disturbed."""
    code, result = finish(base(folder / "undisturbed", cache_dir))
    assert code == 0
    return result["runs"][0]


def steps_reported(work: Path) -> list[int]:
    path = work / "progress.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["step"] for line in lines]


def partials(work: Path) -> list[Path]:
    """Files from which a run goes on."""
    return list(work.glob("runs/*/partial.safetensors"))


def await_while(process: subprocess.Popen, holds) -> None:
    while process.poll() is None and holds():
        time.sleep(0.002)
    assert process.poll() is None, "the job ended before it could be disturbed"


def goes_on(work: Path, made: Json, after: int, folder: Path, expected: Json) -> None:
    reported = len(steps_reported(work))
    code, result = finish(made)
    assert code == 0
    assert partials(work) == []
    assert steps_reported(work)[reported] > after  # it did not start over
    assert_same_outcome(folder, expected, result["runs"][0], ("undisturbed", work.name))


def test_a_killed_job_goes_on_from_its_last_checkpoint(folder: Path, cache_dir: Path, expected: Json):
    work = folder / "killed"
    made = base(work, cache_dir)
    with start(made) as process:
        await_while(process, lambda: not partials(work))
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert not (work / "result.json").exists()
    goes_on(work, made, CHECKPOINT_STEPS, folder, expected)


def test_a_job_that_gets_notice_writes_a_checkpoint(folder: Path, cache_dir: Path, expected: Json):
    work = folder / "reported"
    made = base(work, cache_dir)
    with start(made) as process:
        await_while(process, lambda: not steps_reported(work))
        process.terminate()
        assert process.wait() == -signal.SIGTERM
    last = steps_reported(work)[-1]
    assert CHUNK <= last < CHECKPOINT_STEPS
    assert f"Ends on SIGTERM: went as far as step {last}." in (work / "log").read_text()
    goes_on(work, made, last, folder, expected)
