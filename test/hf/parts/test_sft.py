"""What is left of the items that a model is fine-tuned on."""

import contextlib
import io
import json
import unittest

from tiny import data_folder, tiny_model, tiny_tokenizer

from foretune_hf.models import COST_FILE
from foretune_hf.sft import sft
from foretune_protocol.progress import Progress
from foretune_protocol.run import Run

# Of the 24 tokens of a row, with the end of text: whole, cut off in its completion, filled by its
# prompt.
ITEMS = {
    "whole": ("ask", " answer"),
    "cut": ("a longer question", " answered at length"),
    "lost": ("?" * 40, " yes"),
}


class Items(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = data_folder(self)
        tiny_model().save_pretrained(self.folder / "start")
        tiny_tokenizer().save_pretrained(self.folder / "start")

    def tune(self, kinds: list[str]) -> str:
        """The log of a run of two steps."""
        rows = [dict(zip(("ask", "say"), ITEMS[kind], strict=True)) for kind in kinds]
        (self.folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        data = {"dataset": "items.jsonl", "config": None, "split": "train", "revision": None}
        config = {
            **{"context": 24, "task": "cms", "sft_recipe": "full", "sft_seed": 0, "lr": 0.01},
            **{"data": data | {"prompt": "{{ask}}", "completion": "{{say}}"}, "train_items": 9},
            **{"steps": 2, "batch": 2, "memory": {"micro_batch": 2, "activation_checkpointing": False}},
        }
        self.run_folder = self.folder / "run"
        progress = Progress(self.folder / "progress.jsonl", "run")
        start, cache = (self.folder / "start").as_uri(), self.folder / "cache"
        run = Run("run", "v", "sft", config, start, self.run_folder, cache, progress)
        with contextlib.redirect_stdout(io.StringIO()) as log:
            sft(run)
        return log.getvalue()

    def test_the_log_and_the_model_folder_say_how_many_are_whole(self):
        log = self.tune(["whole", "lost", "cut", "whole", "whole"])
        self.assertIn("9 requested, 5 found; 3 are trained on in full, 1 are cut at 24 tokens, and 1", log)
        facts = json.loads((self.run_folder / "model" / COST_FILE).read_text())
        self.assertEqual(facts["items"], {"asked": 9, "found": 5, "whole": 3, "cut": 1, "left_out": 1})

    def test_none_left_is_an_error_that_says_why(self):
        with self.assertRaisesRegex(
            ValueError, "2 found; 0 are trained on in full.* 2 are left out.* longer context"
        ):
            self.tune(["lost", "lost"])
