"""What the recipe finds before anything costs: models without weights, rows, tasks of the
harness."""

import json
import unittest

from tiny import data_folder, tiny_model, tiny_tokenizer

from foretune_hf.check import check
from foretune_hf.check_data import dialogue_problems, text_problems
from foretune_hf.check_harness import harness_problems
from foretune_hf.check_models import _config, model_problems, skeleton
from foretune_hf.harness import _index
from foretune_protocol.checks import Planned

BRANCH = {"context": 64, "task": "qa", "sft_recipe": "full", "sft_seed": 0}
DATA = {"dataset": "qa.jsonl", "prompt": "{{q}}", "completion": " {{a}}"}
SFT = BRANCH | {"data": DATA, "lr": 0.1, "steps": 1, "batch": 1, "train_items": 1}
# What is kept of one study for its other runs.
ANSWERS = (dialogue_problems, text_problems, model_problems, _config, skeleton, harness_problems, _index)
TASK = """task: asked
output_type: {kind}
metric_list:
  - metric: acc
"""


class Study(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = data_folder(self)
        for known in (
            _index,
            harness_problems,
            dialogue_problems,
            text_problems,
            model_problems,
            _config,
            skeleton,
        ):
            known.cache_clear()
        (self.folder / "qa.jsonl").write_text(json.dumps({"q": "a", "a": "b"}) + "\n")
        tiny_model().save_pretrained(self.folder / "tiny")
        tiny_tokenizer().save_pretrained(self.folder / "tiny")

    def found(self, stage: str, config: dict) -> list[str]:
        return list(check(Planned(stage, config, {"checkpoint": "tiny"})))

    def assertFinds(self, pattern: str, stage: str, config: dict) -> None:
        (sentence,) = self.found(stage, config)
        self.assertRegex(sentence, pattern)

    def lora(self, targets: str | list[str]) -> dict:
        return SFT | {"sft_recipe": "lora", "lora": {"targets": targets}}

    def write_task(self, kind: str) -> None:
        (self.folder / "tasks").mkdir()
        (self.folder / "tasks" / "asked.yaml").write_text(TASK.format(kind=kind))

    def test_what_can_be_done_has_no_problems(self):
        self.assertEqual(self.found("sft", SFT), [])
        for targets in ("all-linear", ["q_proj", "v_proj"], r".*layers\.0\..*_proj"):
            self.assertEqual(self.found("sft", self.lora(targets)), [])

    def test_targets_that_the_model_does_not_have_are_named_beside_those_that_it_has(self):
        self.assertFinds('cannot adapt "query": .* are .*q_proj', "sft", self.lora(["q_proj", "query"]))
        self.assertFinds("cannot adapt", "sft", self.lora(r"layers\.9.*"))
        self.assertFinds('cannot adapt "mlp"', "sft", self.lora(["mlp"]))

    def test_an_architecture_that_transformers_does_not_have_is_refused(self):
        file = self.folder / "tiny" / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"model_type": "their-own"}))
        self.assertFinds("Transformers cannot load .*tiny.*their-own", "sft", SFT)

    def test_a_folder_without_a_tokenizer_is_refused(self):
        for file in (self.folder / "tiny").glob("tokenizer*"):
            file.unlink()
        self.assertFinds("Transformers cannot load .*tiny", "sft", SFT)

    def test_templates_fit_the_columns(self):
        no_column = SFT | {"data": DATA | {"prompt": "{{question}}"}}
        self.assertFinds("'question' is undefined; its columns are q, a", "sft", no_column)
        self.assertFinds("do not fit", "sft", SFT | {"data": DATA | {"prompt": "{{q"}})

    def test_a_file_that_is_not_what_its_name_says_is_refused(self):
        (self.folder / "qa.jsonl").write_text("no JSON\n")
        self.assertFinds('"qa.jsonl" cannot be read', "sft", SFT)

    def test_a_column_of_text_is_there(self):
        config = {"context": 64, "development": {"dataset": "qa.jsonl", "field": "body"}, "tasks": {}}
        self.assertFinds('no column "body"; it has q, a', "indicate", config)

    def test_tasks_and_metrics_are_the_harness_s(self):
        self.write_task("multiple_choice")
        asked = BRANCH | {"harness": ["asked"], "test_items": 4}
        self.assertEqual(self.found("evaluate", asked), [])
        self.assertFinds('no metric "f1"; it has acc', "evaluate", asked | {"metric": "f1"})
        self.assertFinds("has no task askd", "evaluate", asked | {"harness": ["askd"]})

    def test_a_task_without_right_answers_is_refused(self):
        self.write_task("loglikelihood_rolling")
        self.assertFinds("has no right answers", "evaluate", BRANCH | {"harness": ["asked"], "test_items": 4})
