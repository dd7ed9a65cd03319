"""Byte-level BPE trained on a sample of all domains, with the special tokens that every objective
needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer as Bpe
from tokenizers import decoders, models, pre_tokenizers, trainers

from .special import BYTES, SPECIAL


@dataclass(frozen=True)
class Tokenizer:
    """`size` counts special tokens, which are the first ids."""

    bpe: Bpe
    size: int

    def encode(self, text: str) -> list[int]:
        return self.bpe.encode(text, add_special_tokens=False).ids

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        return [e.ids for e in self.bpe.encode_batch_fast(texts, add_special_tokens=False)]

    def widths(self) -> np.ndarray:
        """int32 [size]: the number of bytes of text of each token; 0 for special tokens."""
        names = (self.bpe.id_to_token(i) for i in range(len(SPECIAL), self.size))
        # Byte-level BPE writes every byte as one character.
        return np.array([0] * len(SPECIAL) + [len(name) for name in names], np.int32)

    def decode(self, tokens: Iterable[int]) -> str:
        return self.bpe.decode(list(tokens), skip_special_tokens=False)


def train_tokenizer(sample: Iterable[str], vocabulary: int) -> Bpe:
    """The merges depend only on the sample. Raises ValueError for a vocabulary that cannot hold all
    bytes."""
    least = BYTES + len(SPECIAL)
    if vocabulary < least:
        raise ValueError(
            f"A vocabulary of {vocabulary} cannot hold {BYTES} bytes and {len(SPECIAL)} special tokens: "
            f"use at least {least}."
        )
    bpe = Bpe(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(sample, trainer)
    return bpe


def load_tokenizer(path: Path) -> Tokenizer:
    bpe = Bpe.from_file(str(path))
    # In a text, "<doc>" means these five characters.
    bpe.encode_special_tokens = True
    return Tokenizer(bpe, bpe.get_vocab_size())
