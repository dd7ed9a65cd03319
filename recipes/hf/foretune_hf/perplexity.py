"""1/perplexity on development text: causal (1/PPL-CLM), and over corrupted spans (1/PPL-SC).

Both are the reciprocal of exp(mean negative log-likelihood) of the tokens to predict. 1/PPL-SC is
defined for tokenizers with T5's sentinels, `<extra_id_0>` and so on: the corrupted text is given, then
each sentinel and its span follow, and only the spans' tokens count. A tokenizer without sentinels
cannot have been trained on such text, so the indicator is left out.
"""

import numpy as np
import torch
from lm_eval.models.huggingface import HFLM
from transformers import PreTrainedTokenizerBase

from foretune_measures.score import Score, inverse_perplexity
from foretune_measures.seeds import generator
from foretune_measures.spans import Corruption, noise_counts, noise_mask

from .config import Source
from .text import beginning, text_rows

CORRUPTION = Corruption(0.15, 3)
SENTINEL = "<extra_id_{}>"
MAX_SENTINELS = 100
FEWEST_SENTINELS = 2


def clm_score(lm: HFLM, rows: np.ndarray) -> Score:
    """Every token counts but the first of a row and those that begin a document."""
    counted = ~np.isin(rows, beginning(lm.tokenizer))
    counted[:, 0] = False
    return _score(lm, rows, counted)


def sc_score(lm: HFLM, rows: np.ndarray) -> Score | None:
    """None for a tokenizer without sentinels."""
    sentinels = sentinel_ids(lm.tokenizer)
    if len(sentinels) < FEWEST_SENTINELS:
        return None
    corrupted = [corrupt(row, sentinels, generator("hf-corruption", i)) for i, row in enumerate(rows)]
    return _score(
        lm, np.stack([ids for ids, _ in corrupted]), np.stack([counted for _, counted in corrupted])
    )


def development_rows(lm: HFLM, source: Source, context: int, tokens: int) -> np.ndarray:
    """The first rows of the text, the same for all checkpoints of a tokenizer. Each starts with the
    tokenizer's beginning-of-text token, even in the middle of a document: models rely on it."""
    rows = text_rows(lm.tokenizer, source, context, max(1, tokens // context), None).astype(np.int64)
    for token in beginning(lm.tokenizer):
        rows[:, 0] = token
    return rows


def sentinel_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Of `<extra_id_0>` and those that follow it without a gap."""
    vocabulary = tokenizer.get_vocab()
    names = [SENTINEL.format(i) for i in range(MAX_SENTINELS)]
    present = [vocabulary[name] for name in names if name in vocabulary]
    return present if names[: len(present)] == [name for name in names if name in vocabulary] else []


def corrupt(row: np.ndarray, sentinels: list[int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The text with sentinels in place of its spans, then each sentinel followed by its span.

    Every span needs two sentinels, so the end of the row is left out to keep the length. Returns the
    tokens and which of them count.
    """
    length, noise, spans = _fitting(len(row), len(sentinels))
    hidden = noise_mask(length, noise, spans, rng)
    begins = hidden & ~np.concatenate([[False], hidden[:-1]])
    marks = np.asarray(sentinels)[np.cumsum(begins) - 1]
    given = np.where(begins, marks, row[:length])[begins | ~hidden]
    pairs = np.stack([marks, row[:length]], axis=1)
    taken = np.stack([begins, hidden], axis=1)
    target = pairs[taken]
    is_text = np.broadcast_to([False, True], pairs.shape)[taken]
    return np.concatenate([given, target]), np.concatenate([np.zeros(len(given), bool), is_text])


def _fitting(room: int, sentinels: int) -> tuple[int, int, int]:
    """Length of the text to corrupt, tokens to hide and spans, that fill `room` tokens with the sentinels."""
    for length in range(room, 2, -1):
        noise, spans = noise_counts(CORRUPTION, length, sentinels)
        if length + 2 * spans <= room:
            return length, noise, spans
    raise ValueError(f"A context of {room} tokens is too short for span corruption; use at least 8.")


def _score(lm: HFLM, rows: np.ndarray, counted: np.ndarray) -> Score:
    size = int(lm.batch_size)
    parts = [slice(at, at + size) for at in range(0, len(rows), size)]
    nats = np.concatenate([_losses(lm, rows[part], counted[part]) for part in parts])
    return inverse_perplexity(nats, counted.sum(axis=1))


@torch.inference_mode()
def _losses(lm: HFLM, rows: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """float64 [n]: summed negative log-likelihood of the tokens that count."""
    ids = torch.from_numpy(rows).to(lm.device)
    logits = lm.model(input_ids=ids, use_cache=False).logits[:, :-1].float()
    loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    mask = torch.from_numpy(counted[:, 1:]).to(lm.device)
    return (loss.double() * mask).sum(dim=1).cpu().numpy()
