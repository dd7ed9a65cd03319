"""Jobs that end in the middle, at once or in order: the next attempt goes on, to the same weights."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from jobs import Json, assert_same_outcome, finish, job, pretrain_run, start

from foretune_recipes.pretrain import BASE_SCHEDULE, CHECKPOINT_STEPS
from foretune_recipes.train import CHUNK


def base(work: Path, cache_dir: Path) -> Json:
    """On two threads."""
    runs = [pretrain_run("base", CHECKPOINT_STEPS * 3 // 2 * BASE_SCHEDULE.step_tokens)]
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


def steps_told(work: Path) -> list[int]:
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
    told = len(steps_told(work))
    code, result = finish(made)
    assert code == 0
    assert partials(work) == []
    assert steps_told(work)[told] > after  # it did not begin anew
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


def test_a_job_that_is_told_to_end_writes_a_checkpoint(folder: Path, cache_dir: Path, expected: Json):
    work = folder / "told"
    made = base(work, cache_dir)
    with start(made) as process:
        await_while(process, lambda: not steps_told(work))
        process.terminate()
        assert process.wait() == -signal.SIGTERM
    last = steps_told(work)[-1]
    assert CHUNK <= last < CHECKPOINT_STEPS
    assert f"Told to end: went as far as step {last}." in (work / "log").read_text()
    goes_on(work, made, last, folder, expected)
