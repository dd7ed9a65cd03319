"""What the recipe finds before anything costs, without its packages; test/hf/ has what it finds
with them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from foretune_hf.check import check
from foretune_hf.check_data import _missing, dialogue_problems, text_problems
from foretune_hf.check_models import _config, model_problems
from foretune_protocol.checks import Planned

OF_ALL = {"context": 64}
BRANCH = {"task": "qa", "sft_recipe": "full", "sft_seed": 0} | OF_ALL
PRETRAIN: dict[str, Any] = OF_ALL | {
    **{"model": {"checkpoint": "tiny"}, "seed": 0, "text": {"web": {"dataset": "web.jsonl"}}},
    **{"mixture": {"web": 1.0}, "lr": 0.1, "train_tokens": 64 * 8 * 4, "batch": 8},
}
INDICATE = OF_ALL | {"development": {"dataset": "web.jsonl"}, "tasks": {}}
DATA = {"dataset": "qa.jsonl", "prompt": "{{q}}", "completion": " {{a}}"}
SFT = BRANCH | {"data": DATA, "lr": 0.1, "steps": 1, "batch": 1, "train_items": 1}
EVALUATE = BRANCH | {"harness": ["qa"], "test_items": 4}
STUDY = {"pretrain": PRETRAIN, "indicate": INDICATE, "sft": SFT, "evaluate": EVALUATE}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("FORETUNE_HF_DATA", str(tmp_path))
    # The packages of the recipe are not asked, whether they are there or not.
    for module in ("check", "check_data", "check_models"):
        monkeypatch.setattr(f"foretune_hf.{module}.find_spec", lambda _: None)
    for known in (_missing, dialogue_problems, text_problems, _config, model_problems):
        known.cache_clear()
    model(tmp_path / "tiny")
    (tmp_path / "web.jsonl").write_text('{"text": "a"}\n')
    (tmp_path / "qa.jsonl").write_text('{"q": "a", "a": "b"}\n')
    return tmp_path


def model(folder: Path, config: str = '{"max_position_embeddings": 64}', weights: str = "model") -> None:
    folder.mkdir()
    (folder / "config.json").write_text(config)
    (folder / f"{weights}.safetensors").touch()


def found(stage: str, changes: dict[str, Any] | None = None, **facts: Any) -> list[str]:
    planned = Planned(stage, STUDY[stage] | (changes or {}), {"checkpoint": "tiny"}, **facts)
    return list(check(planned))


@pytest.mark.parametrize("stage", STUDY)
def test_a_study_that_can_be_done_has_no_problems(stage: str):
    assert found(stage) == []


@pytest.mark.parametrize(
    ("stage", "changes", "expected"),
    [
        (
            "pretrain",
            {"model": {"checkpoint": "o/tiny"}},
            '"o/tiny" is not in the data folder',
        ),
        ("pretrain", {"model": {"checkpoint": "o/tiny", "revision": "main"}}, "give its `revision`"),
        ("pretrain", {"context": 65}, 'A context of 65 tokens is too long for ".*tiny", which has 64'),
        ("pretrain", {"train_tokens": 9}, "train_tokens 9 are less than one step of 8 rows"),
        ("pretrain", {"checkpoint_steps": [2, 4]}, r"checkpoint_steps \[4\] are not before .* 4\."),
        ("pretrain", {"mixture": {"web": 0.5, "sea": 0.5}}, 'has the domain "sea", but `text` has only web'),
        ("pretrain", {"text": {"web": {"dataset": "wob.jsonl"}}}, 'There is no file "wob.jsonl" in the data'),
        ("indicate", {"development": {"dataset": "dev.txt"}}, 'There is no file "dev.txt"'),
        ("sft", {"data": DATA | {"dataset": "none.csv"}}, 'There is no file "none.csv"'),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(stage: str, changes: dict[str, Any], expected: str):
    (sentence,) = found(stage, changes)
    assert re.search(expected, sentence)


def test_a_field_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="unknown keys"):
        found("evaluate", {"colour": 1})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"model.safetensors": ""}, r"ours\" has no config.json: expected it, the tokenizer and safetensors"),
        ({"config.json": "{}", "pytorch_model.bin": ""}, r"ours\" has no safetensors weights; pickled"),
        ({"config.json": "{", "model.safetensors": ""}, 'ours/config.json" is not JSON'),
        (
            {
                "config.json": "{}",
                "model-1.safetensors": "",
                "model.safetensors.index.json": json.dumps(
                    {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
                ),
            },
            r"ours\" is missing model-2\.safetensors, named in its model\.safetensors\.index\.json",
        ),
    ],
)
def test_a_registered_folder_that_is_no_whole_model_is_named(
    data: Path, files: dict[str, str], expected: str
):
    folder = data / "ours"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    for stage in ("indicate", "sft"):
        (sentence,) = found(stage, checkpoint=folder.as_uri())
        assert re.search(expected, sentence)


def test_a_registered_checkpoint_that_only_the_job_reads_is_no_problem():
    assert found("sft", checkpoint="s3://team/ours") == []
    assert found("sft", checkpoint="hf://o/tiny@v1") == []


def test_files_of_machines_elsewhere_are_not_missed_here():
    far = {"model": {"checkpoint": "o/x"}, "text": {"web": {"dataset": "w.txt"}}}
    assert found("pretrain", far, here=False) == []
    assert found("pretrain", {"train_tokens": 9}, here=False) != []
