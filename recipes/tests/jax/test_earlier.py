"""Checkpoints that a training run passes through: the weights of these steps, at no cost to the
last."""

import signal
from pathlib import Path

import pytest
from jobs import MODEL, Json, assert_same_outcome, finish, indicate_run, job, pretrain_run, run, start
from test_interrupted import await_while, partials

from foretune_jax.check import check
from foretune_jax.checkpoint import read_weights
from foretune_jax.config import Model
from foretune_jax.pretrain import CHECKPOINT_STEPS
from foretune_protocol.checkpoints import local_path
from foretune_protocol.checks import Planned

STEP_TOKENS = 192
STEPS = CHECKPOINT_STEPS + 30
KEPT = [30, CHECKPOINT_STEPS + 7]


def training(steps: list[int]) -> Json:
    return pretrain_run("v", STEPS * STEP_TOKENS, step_tokens=STEP_TOKENS, checkpoint_steps=steps)


def taken(step: int) -> Json:
    return run(f"v-{step}/checkpoint", "checkpoint", {"step": step}, "v/pretrain")


def whole(work: Path, cache_dir: Path) -> Json:
    measured = indicate_run("v-30")
    measured["input"]["run_id"] = "v-30/checkpoint"
    return job(work, cache_dir, [training(KEPT), *(taken(step) for step in KEPT), measured])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("earlier")


@pytest.fixture(scope="module")
def kept(folder: Path, cache_dir: Path) -> Json:
    code, result = finish(whole(folder / "kept", cache_dir))
    assert code == 0, (folder / "kept" / "log").read_text()
    return result


def test_each_is_a_result_of_its_own_and_is_measured(kept: Json):
    trained, *earlier, measured = kept["runs"]
    assert [one["checkpoint"]["step"] for one in earlier] == KEPT
    assert [one["checkpoint"]["tokens"] for one in earlier] == [step * STEP_TOKENS for step in KEPT]
    weights = [local_path(one["checkpoint"]["uri"]) for one in [*earlier, trained]]
    costs = [read_weights(path, Model.read(MODEL))[1].step for path in weights]
    assert costs == [*KEPT, STEPS]
    assert len({one["checkpoint"]["sha256"] for one in [*earlier, trained]}) == 3
    assert "indicators" in measured["tables"]


def test_the_last_weights_are_those_of_a_run_that_keeps_none(kept: Json, folder: Path, cache_dir: Path):
    _, alone = finish(job(folder / "alone", cache_dir, [training([])]))
    assert_same_outcome(folder, alone["runs"][0], kept["runs"][0], ("alone", "kept"))


def test_a_run_that_was_killed_between_two_has_both(kept: Json, folder: Path, cache_dir: Path):
    made = whole(folder / "killed", cache_dir)
    with start(made) as process:
        await_while(process, lambda: not partials(folder / "killed"))
        process.send_signal(signal.SIGKILL)
        process.wait()
    code, result = finish(made)
    assert code == 0
    shas = [[one["checkpoint"]["sha256"] for one in found["runs"][:3]] for found in (kept, result)]
    assert shas[0] == shas[1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"checkpoint_steps": [30, STEPS]}, "not before the last step"), ({"step_tokens": 250}, "a multiple")],
)
def test_steps_that_a_run_does_not_pass_are_refused_before_it_starts(changes: Json, expected: str):
    with pytest.raises(ValueError, match=expected):
        check(Planned("pretrain", training(KEPT)["config"] | changes))
