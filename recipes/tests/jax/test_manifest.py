"""What the recipe says of itself, and what it finds in a study before anything costs."""

import json
import subprocess
import sys
from typing import Any

import pytest
from jobs import MODEL, PYTHONPATH, indicate_run, pretrain_run, sft_runs
from schema import check as check_schema

from foretune_jax.check import check
from foretune_jax.manifest import manifest
from foretune_jax.registry import domains, indicators, objectives, sft_recipes, tasks
from foretune_protocol.checks import Planned


def test_the_manifest_names_all_that_there_is():
    found = manifest()
    check_schema(found, "manifest")
    assert found["stages"].keys() == {"pretrain", "indicate", "sft", "evaluate"}
    assert found["tasks"].keys() == tasks().keys() >= {"cms", "rag", "cbqa"}
    assert found["domains"].keys() == domains().keys()
    assert found["objectives"].keys() == objectives().keys()
    assert found["sft_recipes"].keys() == sft_recipes().keys()
    assert {"inv_ppl_clm", "inv_ppl_sc", "kshot_cms"} <= found["indicators"].keys()


def test_each_task_is_asked_by_an_indicator_that_there_is():
    names = {name for module in indicators().values() for name in module.INDICATORS}
    assert {task["indicator"] for task in manifest()["tasks"].values()} <= names


def test_describing_imports_neither_jax_nor_numpy():
    program = (
        "import sys; from foretune_jax.manifest import manifest; from foretune_jax.check import check;"
        "manifest(); print([n for n in ('jax', 'numpy', 'pyarrow', 'tokenizers') if n in sys.modules])"
    )
    command = [sys.executable, "-B", "-c", program]
    answer = subprocess.run(command, env={"PYTHONPATH": PYTHONPATH}, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_the_program_prints_its_manifest():
    command = [sys.executable, "-B", "-m", "foretune_jax", "--describe"]
    answer = subprocess.run(command, env={"PYTHONPATH": PYTHONPATH}, capture_output=True, text=True)
    assert json.loads(answer.stdout) == manifest() | {"checks": True}


# ---- check ---------------------------------------------------------------------------------


def test_a_study_that_can_be_done_has_no_problems():
    for run in [pretrain_run("v"), indicate_run("v"), *sft_runs("v", "cbqa"), *sft_runs("v", "rag")]:
        check(Planned(run["stage"], run["config"]))


PRETRAIN = pretrain_run("v")["config"]
SFT, EVALUATE = (run["config"] for run in sft_runs("v", "cbqa"))


@pytest.mark.parametrize(
    ("stage", "config", "expected"),
    [
        ("sft", SFT | {"train_items": 1024}, "Task cbqa has 256 train items, but 1024 were requested"),
        ("evaluate", EVALUATE | {"test_items": 1024}, "Task cbqa has 192 test items"),
        ("sft", SFT | {"task": "riddles"}, 'no task "riddles"; known: cbqa, cms'),
        ("sft", SFT | {"sft_recipe": "lora"}, 'no SFT recipe "lora"; known: full'),
        ("pretrain", PRETRAIN | {"objective": ["clm", "mlm"]}, 'no objective "mlm"'),
        ("pretrain", PRETRAIN | {"mixture": {"poems": 1}}, 'no text domain "poems"; known: code'),
        ("pretrain", PRETRAIN | {"length_filter": "75-25"}, "neither"),
        ("pretrain", PRETRAIN | {"model": MODEL | {"width": 9}}, "width 9 must be a multiple"),
        ("pretrain", PRETRAIN | {"model": MODEL | {"vocabulary": 99}}, "cannot hold 256 bytes"),
        ("distil", {}, 'no stage "distil"'),
    ],
)
def test_what_cannot_be_done_is_named(stage: str, config: dict[str, Any], expected: str):
    with pytest.raises(ValueError, match=expected):
        check(Planned(stage, config))
