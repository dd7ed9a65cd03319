"""A trainer of somebody's own, as examples/own-trainer has it, and what the protocol does for
it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jobs import RECIPES, read_json, rows_of
from schema import check

from foretune_protocol import Made, Run, checkpoint
from foretune_protocol.attempts import Stage, run_job
from foretune_protocol.checks import Planned, problems
from foretune_protocol.manifest import discover
from foretune_protocol.program import main

TRAINER = RECIPES.parent / "examples/own-trainer/train.py"


def call(*arguments: str) -> subprocess.CompletedProcess:
    environment = {"PYTHONPATH": str(RECIPES / "protocol"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-B", str(TRAINER), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def job(work: Path, runs: list[dict[str, Any]]) -> dict[str, Any]:
    folders = {"work_dir": str(work), "cache_dir": str(work / "cache"), "credentials_file": None}
    return {"format": 1, "job": "j", "study": "s@1", "recipe": "own", "threads": 1, "runs": runs, **folders}


def run(stage: str, config: dict[str, Any], source: str | None = None) -> dict[str, Any]:
    start = source and {"run_id": source, "uri": None}
    return {
        "run_id": f"v/{stage}",
        "stage": stage,
        "variant_id": "v",
        "fingerprint": stage * 8,
        "config": config,
        "input": start,
    }


def test_the_example_describes_itself_by_the_schema():
    answer = call("--describe")
    manifest = json.loads(answer.stdout)
    check(manifest, "manifest")
    assert manifest["tasks"]["riddles"]["metric"] == "solved"
    assert manifest["stages"]["sft"]["properties"]["rate"]["exclusiveMinimum"] == 0
    assert manifest["stages"]["indicate"]["properties"] == {}


def test_the_example_runs_a_job_to_its_result(tmp_path: Path):
    branch = {"task": "riddles", "sft_recipe": "rehearsal", "sft_seed": 0}
    runs = [
        run("pretrain", {"rate": 0.1}),
        run("indicate", {}, "v/pretrain"),
        run("sft", branch | {"rate": 0.1}, "v/pretrain"),
        run("evaluate", branch, "v/sft"),
    ]
    made = job(tmp_path, runs)
    check(made, "job")
    (tmp_path / "job.json").write_text(json.dumps(made))
    answer = call(str(tmp_path / "job.json"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    result = read_json(tmp_path / "result.json")
    check(result, "result")
    assert [one["status"] for one in result["runs"]] == ["done"] * 4
    assert rows_of(tmp_path, result["runs"][1], "indicators")[0]["indicator"] == "riddle_loss"
    assert rows_of(tmp_path, result["runs"][3], "outcomes")[0]["metric"] == "solved"
    assert [one["checkpoint"] and one["checkpoint"]["step"] for one in result["runs"]] == [10, None, 20, None]
    for line in (tmp_path / "progress.jsonl").read_text().splitlines():
        check(json.loads(line), "progress")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "b"], ["--check", "f"]])
def test_other_arguments_are_answered_with_what_is_expected(arguments: list[str], capsys):
    assert main({"version": "1"}, {}, arguments=arguments) == 2
    assert "path of a job.json, or --describe." in capsys.readouterr().err


# ---- Earlier checkpoints -------------------------------------------------------------------


def passing(steps: list[int]) -> Stage:
    """A training stage that keeps these steps."""

    def pretrain(stage: Run) -> Made:
        path = stage.folder / "weights"
        path.write_text("w")
        made = checkpoint(path, step=9, tokens=9)
        return Made(checkpoint=made, earlier={step: made | {"step": step} for step in steps})

    return pretrain


def taken(step: int) -> dict[str, Any]:
    return run("checkpoint", {"step": step}, "v/pretrain") | {"run_id": f"v-{step}/checkpoint"}


def test_an_earlier_checkpoint_is_the_result_of_its_own_run_in_a_later_attempt_too(tmp_path: Path):
    made = job(tmp_path, [run("pretrain", {"checkpoint_steps": [3]}), taken(3) | {"fingerprint": "f3"}])
    for stages in ({"pretrain": passing([3])}, {}):
        result = run_job(made, "1", stages)
        check(result, "result")
        assert [one["checkpoint"]["step"] for one in result["runs"]] == [9, 3]


def test_a_step_that_the_run_did_not_keep_is_named(tmp_path: Path):
    made = job(tmp_path, [run("pretrain", {"checkpoint_steps": [3, 5]}), taken(5)])
    trained, lost = run_job(made, "1", {"pretrain": passing([3])})["runs"]
    assert trained["status"] == "done"
    assert lost["error"].endswith('"v/pretrain" kept no checkpoint of step 5 in this job; it kept: 3.')


# ---- check ---------------------------------------------------------------------------------


def few(run: Planned) -> list[str]:
    if run.config["items"] > 4:
        raise ValueError(f"{run.stage} has 4 items, {run.config['items']} were asked for.")
    return [f"{run.checkpoint} is no {run.model}."] if run.checkpoint else []


def test_what_cannot_be_done_is_said_once_with_a_run():
    runs = [{"run_id": f"v{i}", "stage": "sft", "config": {"items": n}} for i, n in enumerate([9, 2, 9])]
    assert problems({"runs": runs}, few) == ["v0 (and 1 more): sft has 4 items, 9 were asked for."]


def test_a_check_knows_the_model_of_the_study_and_the_checkpoint_that_a_run_is_made_from():
    run = {"run_id": "v", "stage": "sft", "config": {"items": 1}, "checkpoint": "file:///x", "here": True}
    assert problems({"model": "tiny", "runs": [run]}, few) == ["v: file:///x is no tiny."]


def test_a_recipe_that_checks_says_so_and_answers(tmp_path: Path, capsys):
    (tmp_path / "study.json").write_text(json.dumps({"format": 1, "runs": []}))
    assert main({"version": "1"}, {}, check=few, arguments=["--describe"]) == 0
    assert json.loads(capsys.readouterr().out)["checks"] is True
    assert main({"version": "1"}, {}, check=few, arguments=["--check", str(tmp_path / "study.json")]) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": []}


# ---- Files that are found ------------------------------------------------------------------


def test_modules_are_found_by_name_without_those_that_begin_with_an_underscore(tmp_path: Path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "found_here"
    package.mkdir()
    for name, text in {"__init__": "", "b": "", "a_b": 'NAME = "a+b"', "_own": "1/0"}.items():
        (package / f"{name}.py").write_text(text)
    assert list(discover("found_here")) == ["a+b", "b"]
    (package / "c.py").write_text('NAME = "b"')
    with pytest.raises(TypeError, match="same NAME"):
        discover("found_here")
