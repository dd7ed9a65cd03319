"""What the Hugging Face recipe says of itself, without its packages. test/hf/ tests what it
does."""

import subprocess
import sys

import pytest
from jobs import RECIPES
from schema import check

from foretune_hf.config import Evaluate, Harness, Indicate, Pretrain, Sft, Source
from foretune_hf.manifest import manifest
from foretune_hf.places import Place, model_named, start_of
from foretune_hf.registry import sft_recipe
from foretune_hf.sft_recipes.lora import Adapters, Fields
from foretune_protocol.progress import Progress
from foretune_protocol.run import Run

BRANCH = {"context": 64, "task": "qa", "sft_recipe": "lora", "sft_seed": 0}
DATA = {"dataset": "qa.jsonl", "prompt": "{{q}}", "completion": " {{a}}"}


def test_the_manifest_is_valid_and_leaves_tasks_and_domains_to_the_study():
    found = manifest()
    check(found, "manifest")
    assert (found["tasks"], found["indicators"], found["domains"]) == ("any", "any", "any")
    assert found["sft_recipes"].keys() == {"full", "lora"}
    assert found["objectives"].keys() == {"clm"}


def test_describing_needs_no_torch():
    path = ":".join(str(RECIPES / part) for part in ("protocol", "measures", "hf"))
    program = (
        "import sys, foretune_hf.__main__ as m; m.manifest();"
        "print([n for n in ('torch', 'numpy', 'transformers', 'peft', 'pyarrow') if n in sys.modules])"
    )
    command = [sys.executable, "-B", "-c", program]
    answer = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_configurations_are_read_with_their_defaults():
    pretrain = Pretrain.read(
        {"context": 64, "model": {"checkpoint": "m"}, "seed": 1, "text": {"web": {"dataset": "w.jsonl"}}}
        | {"mixture": {"web": 1.0}, "lr": 0.1, "train_tokens": 512, "batch": 8}
    )
    assert pretrain.text["web"] == Source(dataset="w.jsonl")
    assert (pretrain.objective, pretrain.warmup_steps, pretrain.memory.micro_batch) == ("clm", 100, 8)
    of_task = {"harness": ["qa"], "metric": "acc", "data": DATA}
    asked = Indicate.read({"context": 64, "development": {"dataset": "d"}, "tasks": {"qa": of_task}})
    assert asked.tasks == {"qa": Harness(harness=["qa"])}
    evaluate = Evaluate.read(BRANCH | {"harness": ["qa"], "test_items": 4})
    assert evaluate.metric == "acc"


@pytest.mark.parametrize(("name", "own"), [("full", None), ("lora", Fields(lora=Adapters(rank=4)))])
def test_an_sft_recipe_reads_its_own_fields(name: str, own: Fields | None):
    values = BRANCH | {"sft_recipe": name, "data": DATA, "lr": 0.1, "steps": 1, "batch": 1}
    values |= {"train_items": 1, "lora": {"rank": 4}}
    config, found = Sft.read_with(getattr(sft_recipe(name), "Fields", None), values)
    assert (config.sft_recipe, found) == (name, own)


def test_an_sft_recipe_that_there_is_not_is_named():
    with pytest.raises(ValueError, match='no SFT recipe "upft"; known: full, lora'):
        sft_recipe("upft")


# ---- Where a run starts from ---------------------------------------------------------------


def run_from(uri: str, folder) -> Run:
    return Run("v/sft", "v", "sft", {}, uri, folder, folder, Progress(folder / "p", "v/sft"))


def test_a_registered_checkpoint_is_a_folder_or_a_name_of_the_hub(tmp_path):
    assert start_of(run_from(tmp_path.as_uri(), tmp_path)) == Place(str(tmp_path))
    assert start_of(run_from("hf://o/m@v1", tmp_path)) == Place("o/m", "v1")
    with pytest.raises(FileNotFoundError, match=r"no model folder at .* but nothing: expected config"):
        start_of(run_from((tmp_path / "gone").as_uri(), tmp_path))
    with pytest.raises(ValueError, match="reads file:// addresses"):
        start_of(run_from("s3://bucket/model", tmp_path))


def test_a_model_of_the_study_is_looked_for_in_the_data_folder_first(tmp_path, monkeypatch):
    (tmp_path / "tiny").mkdir()
    monkeypatch.setenv("FORETUNE_HF_DATA", str(tmp_path))
    of = {"context": 64, "seed": 1, "text": {}, "mixture": {}, "lr": 1, "train_tokens": 1, "batch": 1}
    tiny, other = (Pretrain.read(of | {"model": {"checkpoint": name}}).model for name in ("tiny", "o/m"))
    assert model_named(tiny) == Place(str(tmp_path / "tiny"))
    assert model_named(other) == Place("o/m")
