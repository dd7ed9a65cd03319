"""Where a text begins and ends: the same for training, fine-tuning and measuring."""

import json
import math
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from lm_eval.models.huggingface import HFLM
from tiny import tiny_model, tiny_tokenizer

from foretune_hf.config import Source
from foretune_hf.perplexity import clm_score, development_rows
from foretune_hf.text import beginning, mixture_rows, text_rows

EOS, BOS = 0, 1
TEXTS = ["one", "and two", "three of them"]
SOURCE = Source(dataset="text.jsonl")


class Beginnings(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        (self.folder / "text.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in TEXTS))
        change = mock.patch.dict(os.environ, FORETUNE_HF_DATA=place.name)
        change.start()
        self.addCleanup(change.stop)

    def lm(self, adds_bos: bool) -> HFLM:
        return HFLM(tiny_model(), tokenizer=tiny_tokenizer(adds_bos), max_length=16, batch_size=2)

    def test_documents_begin_as_the_tokenizer_begins_a_text(self):
        tokenizer = tiny_tokenizer(adds_bos=True)
        self.assertEqual(beginning(tokenizer), [BOS])
        expected = [token for text in TEXTS for token in [*tokenizer(text)["input_ids"], EOS]]
        found = text_rows(tokenizer, SOURCE, len(expected), 1, None)
        self.assertEqual(found.tolist(), [expected])

    def test_documents_of_other_tokenizers_have_an_end_alone(self):
        tokenizer = tiny_tokenizer()
        self.assertEqual(beginning(tokenizer), [])
        self.assertNotIn(BOS, text_rows(tokenizer, SOURCE, 16, 2, None))

    def test_kept_rows_are_of_a_tokenizer_that_begins_texts_alike(self):
        rows = [
            mixture_rows(tiny_tokenizer(adds), {"web": SOURCE}, {"web": 1.0}, 8, 2, 0, self.folder)
            for adds in (False, True)
        ]
        self.assertEqual([BOS in one for one in rows], [False, True])

    def test_every_row_of_development_text_begins_so_and_that_is_not_asked_for(self):
        lm = self.lm(adds_bos=True)
        rows = development_rows(lm, SOURCE, 8, 24)
        self.assertEqual(rows.shape, (3, 8))
        self.assertEqual(rows[:, 0].tolist(), [BOS] * 3)
        score = clm_score(lm, rows)
        nats = [self.nats(lm, row[:at], row[at]) for row in rows for at in range(1, 8) if row[at] != BOS]
        self.assertEqual(score.n, len(nats))
        self.assertAlmostEqual(score.value, math.exp(-np.mean(nats)), 5)

    def test_the_harness_begins_its_questions_so_too(self):
        lm = self.lm(adds_bos=True)
        self.assertEqual(lm.tok_encode("one")[0], BOS)

    def nats(self, lm: HFLM, prefix: np.ndarray, token: int) -> float:
        with torch.no_grad():
            logits = lm.model(torch.tensor(prefix[None])).logits[0, -1].double()
        return float(torch.logsumexp(logits, 0) - logits[int(token)])
