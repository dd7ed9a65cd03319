"""The smallest model and tokenizers that the parts of the recipe are tested with."""

import os
import tempfile
from pathlib import Path
from unittest import TestCase, mock

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

SPECIAL = ["<eos>", "<bos>"]


def data_folder(test: TestCase) -> Path:
    """An empty data folder of the recipe, until the test ends."""
    place = tempfile.TemporaryDirectory()
    test.addCleanup(place.cleanup)
    change = mock.patch.dict(os.environ, FORETUNE_HF_DATA=place.name)
    change.start()
    test.addCleanup(change.stop)
    return Path(place.name)


def tiny_tokenizer(adds_bos: bool = False) -> PreTrainedTokenizerFast:
    """A token a byte. With `adds_bos` it begins each text with its own token, as Llama's and
    Gemma's do."""
    names = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    bpe = Tokenizer(models.BPE({name: i for i, name in enumerate(names)}, []))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens(SPECIAL)
    if adds_bos:
        bpe.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<eos>", bos_token="<bos>", pad_token="<eos>"
    )


def tiny_model(**settings) -> LlamaForCausalLM:
    set_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    ends = {"bos_token_id": 1, "eos_token_id": 0}
    return LlamaForCausalLM(
        LlamaConfig(vocab_size=258, max_position_embeddings=64, **ends, **sizes, **settings)
    )
