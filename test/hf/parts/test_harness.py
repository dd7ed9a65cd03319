"""Items of the harness's kinds of tasks, as lm-evaluation-harness itself logs them."""

import json
import math
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch
from lm_eval.models.huggingface import HFLM
from tiny import tiny_model, tiny_tokenizer

from foretune_hf.harness import Scored, _index, scores

TASK = """task: {name}
dataset_path: json
dataset_kwargs:
  data_files: {{test: {file}}}
test_split: test
metric_list:
  - metric: {metric}
"""
# As winogrande is written: the options stand in the context, and what follows is the same for all.
IN_CONTEXT = """output_type: multiple_choice
doc_to_text: "{{right}}"
doc_to_target: "it was late."
doc_to_choice: "{{[a + ' left, since', b + ' left, since']}}"
"""
# As lambada is written: the last word is asked for, and nothing else.
LAST_WORD = """output_type: loglikelihood
doc_to_text: "{{text}}"
doc_to_target: "{{word}}"
"""
BY_TEXT = """output_type: multiple_choice
doc_to_text: "The best is"
doc_to_target: "{{right}}"
doc_to_choice: "{{options}}"
"""
ROLLING = """output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{text}}"
"""


class Items(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        (self.folder / "tasks").mkdir()
        for change in (
            mock.patch.dict(os.environ, FORETUNE_HF_DATA=place.name),
            # Of a perplexity it is drawn in processes that import torch first.
            mock.patch("foretune_hf.harness.BOOTSTRAP", 0),
        ):
            change.start()
            self.addCleanup(change.stop)
        self.lm = HFLM(tiny_model(), tokenizer=tiny_tokenizer(), max_length=64, batch_size=4)

    def score(self, name: str, kind: str, rows: list[dict], metric: str = "acc") -> Scored:
        file = self.folder / f"{name}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        text = TASK.format(name=name, file=file, metric=metric) + kind
        (self.folder / f"tasks/{self.folder.name}-{name}.yaml").write_text(text)
        _index.cache_clear()
        (scored,) = scores(self.lm, [name], metric, 0, len(rows))
        return scored

    def greedy(self, text: str) -> str:
        with torch.inference_mode():
            ids = torch.tensor([self.lm.tok_encode(text)], device=self.lm.device)
            return self.lm.tok_decode(int(self.lm.model(ids).logits[0, -1].argmax()))

    def test_options_in_the_context_the_right_one_is_the_one_that_the_task_tells(self):
        rows = [{"a": f"Ann{i}", "b": f"Bob{i * i}", "right": i % 2} for i in range(16)]
        scored = self.score("in_context", IN_CONTEXT, rows)
        self.assertEqual(scored.score.value, sum(one["correct"] for one in scored.samples) / 16)
        self.assertEqual({one["correct"] for one in scored.samples}, {True, False})
        for one in scored.samples:
            self.assertEqual(one["correct"], one["answer_probability"] > 0.5)

    def test_one_continuation_has_its_own_likelihood_and_is_right_when_it_is_decoded(self):
        texts = [f"number {i}" for i in range(200)]
        said = [(text, self.greedy(text)) for text in texts]
        rows = [{"text": text, "word": word} for text, word in said if word.isascii() and word.isalpha()]
        self.assertGreater(len(rows), 4)
        rows += [{"text": row["text"], "word": "e" if row["word"] != "e" else "o"} for row in rows]
        for metric in ("acc", "perplexity"):
            samples = self.score(f"last_word_{metric}", LAST_WORD, rows, metric).samples
            half = len(rows) // 2
            self.assertEqual([one["correct"] for one in samples], [True] * half + [False] * half)
            for one in samples:
                self.assertAlmostEqual(one["answer_probability"], math.exp(one["log_likelihood"]))
                self.assertLess(one["answer_probability"], 0.5)

    def test_an_option_that_is_named_by_its_text_is_found_be_it_a_number(self):
        rows = [{"options": ["2", "1", "0"], "right": text} for text in ("0", "1", "2")]
        kind = BY_TEXT.replace('"{{right}}"', "right").replace('"{{options}}"', "options")
        scored = self.score("by_text", kind, rows)
        self.assertAlmostEqual(sum(one["answer_probability"] for one in scored.samples), 1)
        self.assertEqual(sum(one["correct"] for one in scored.samples), 1)

    def test_an_answer_that_is_no_option_is_named_with_its_item(self):
        with self.assertRaisesRegex(ValueError, 'Item 0 of task "none" has 2 options, and "yes" is none'):
            self.score("none", BY_TEXT, [{"options": ["red", "blue"], "right": "yes"}])

    def test_a_task_without_right_answers_is_refused_before_it_is_asked(self):
        with self.assertRaisesRegex(ValueError, "loglikelihood_rolling, which has no right answers"):
            self.score("rolling", ROLLING, [{"text": "some text"}], "bits_per_byte")
