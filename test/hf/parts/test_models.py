"""Model folders that are whole, and those that are not."""

import tempfile
import unittest
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tiny import tiny_model, tiny_tokenizer

from foretune_hf.models import load_model, publish, weights_digest
from foretune_hf.places import Place
from foretune_protocol.cost import NOTHING


class Folders(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name) / "model"

    def change(self, change) -> None:
        file = self.folder / "model.safetensors"
        tensors = load_file(file)
        change(tensors)
        save_file(tensors, file, {"format": "pt"})

    def load(self) -> torch.nn.Module:
        return load_model(Place(str(self.folder)), torch.float32)

    def test_a_model_without_one_tensor_is_refused_by_its_name(self):
        tiny_model().save_pretrained(self.folder)
        self.change(lambda tensors: tensors.pop("model.layers.1.mlp.up_proj.weight"))
        with self.assertRaisesRegex(ValueError, r"1 tensor \(model\.layers\.1\.mlp\.up_proj\.weight\)\."):
            self.load()

    def test_of_many_missing_tensors_the_first_are_named_and_all_are_counted(self):
        tiny_model().save_pretrained(self.folder)
        self.change(lambda tensors: [tensors.pop(name) for name in [*tensors] if "layers.0" in name])
        with self.assertRaisesRegex(
            ValueError, r"9 tensors \(.*layers\.0\.input_layernorm\.weight, .*, \.\.\.\)\."
        ):
            self.load()

    def test_a_tensor_of_another_shape_is_refused(self):
        tiny_model().save_pretrained(self.folder)
        self.change(lambda tensors: tensors.update({"model.norm.weight": torch.ones(7)}))
        with self.assertRaisesRegex((ValueError, RuntimeError), r"model\.norm\.weight|mismatch"):
            self.load()

    def test_a_head_that_is_tied_to_the_embeddings_is_not_missing(self):
        tiny_model(tie_word_embeddings=True).save_pretrained(self.folder)
        self.assertNotIn("lm_head.weight", load_file(self.folder / "model.safetensors"))
        model = self.load()
        self.assertTrue(model.lm_head.weight is model.model.embed_tokens.weight)

    def test_pickled_weights_are_refused(self):
        model = tiny_model()
        model.config.save_pretrained(self.folder)
        torch.save(model.state_dict(), self.folder / "pytorch_model.bin")
        with self.assertRaisesRegex(OSError, r"model\.safetensors"):
            self.load()

    def test_a_model_that_brings_its_own_code_is_refused(self):
        model = tiny_model()
        model.save_pretrained(self.folder)
        text = (self.folder / "config.json").read_text().replace('"llama"', '"own"')
        own = '"auto_map": {"AutoConfig": "own.Own", "AutoModelForCausalLM": "own.Own"},'
        (self.folder / "config.json").write_text(text.replace("{", "{" + own, 1))
        (self.folder / "own.py").write_text("raise SystemExit('code of the model was run')")
        with self.assertRaisesRegex(ValueError, "trust_remote_code"):
            self.load()

    def test_a_folder_without_weights_is_not_published_and_the_one_before_is_kept(self):
        made, kept = self.folder, self.folder.parent / "kept"
        tiny_model().save_pretrained(kept)
        made.mkdir()
        with self.assertRaisesRegex(FileNotFoundError, r"expected model\.safetensors .* found nothing"):
            publish(made, kept, tiny_tokenizer(), NOTHING, 1)
        self.assertTrue((kept / "model.safetensors").exists())

    def test_no_weights_have_no_digest(self):
        self.folder.mkdir()
        with self.assertRaisesRegex(FileNotFoundError, "has no weights"):
            weights_digest(self.folder)
