"""Training text: rows of one length, read from the domains of a mixture and kept in the cache.

Each document ends with the end-of-text token, and documents follow one another without padding. Where the
tokenizer begins texts with a token (Llama, Gemma) each document does too: TRL and the harness give it too.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerBase

from foretune_measures.seeds import generator, seed_of
from foretune_protocol.cache import cached

from .config import Source
from .datasets_read import texts, version_of

DOCUMENTS_AT_ONCE = 256


def mixture_rows(
    tokenizer: PreTrainedTokenizerBase,
    text: dict[str, Source],
    mixture: dict[str, float],
    context: int,
    count: int,
    seed: int,
    cache_dir: Path,
) -> np.ndarray:
    """uint32 [count, context], mapped from a file: rows of each domain in its share, in random order."""
    shares = {domain: weight for domain, weight in sorted(mixture.items()) if weight > 0}
    sources = {domain: [asdict(text[domain]), version_of(text[domain])] for domain in shares}
    identity = [vocabulary_digest(tokenizer), beginning(tokenizer), sources, shares, context, count, seed]
    name = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]

    def build(to: Path) -> None:
        parts = [
            text_rows(tokenizer, text[domain], context, part, shuffle_seed(seed, domain))
            for domain, part in _parts(shares, count).items()
        ]
        order = generator("hf-order", seed).permutation(count)
        np.save(to, np.concatenate(parts)[order])

    return np.load(cached(cache_dir / "text" / f"{name}.npy", build), mmap_mode="r")


def shuffle_seed(*identity: str | int) -> int:
    return seed_of("hf", *identity) % 2**31


def _parts(shares: dict[str, float], count: int) -> dict[str, int]:
    """Whole numbers in these shares whose sum is `count`: the largest remainders are rounded up."""
    exact = {domain: share * count for domain, share in shares.items()}
    parts = {domain: int(number) for domain, number in exact.items()}
    by_rest = sorted(exact, key=lambda domain: parts[domain] - exact[domain])
    for domain in by_rest[: count - sum(parts.values())]:
        parts[domain] += 1
    return {domain: part for domain, part in parts.items() if part}


def text_rows(
    tokenizer: PreTrainedTokenizerBase, source: Source, context: int, count: int, seed: int | None
) -> np.ndarray:
    """uint32 [count, context]; text that ends before is read again from its beginning."""
    tokens = np.empty(count * context, np.uint32)
    filled = 0
    while filled < len(tokens):
        before = filled
        for ids in _documents(tokenizer, source, seed):
            part = ids[: len(tokens) - filled]
            tokens[filled : filled + len(part)] = part
            filled += len(part)
            if filled == len(tokens):
                break
        if filled == before:
            raise ValueError(f'"{source.dataset}" has no text in its column "{source.field}".')
    return tokens.reshape(count, context)


def _documents(tokenizer: PreTrainedTokenizerBase, source: Source, seed: int | None) -> Iterator[list[int]]:
    """Tokens of each document between the beginning and the end of text."""
    batch: list[str] = []
    for text in texts(source, seed):
        batch.append(text)
        if len(batch) == DOCUMENTS_AT_ONCE:
            yield from _encoded(tokenizer, batch)
            batch = []
    if batch:
        yield from _encoded(tokenizer, batch)


def _encoded(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> Iterator[list[int]]:
    begin = beginning(tokenizer)
    for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
        if ids:
            yield [*begin, *ids, tokenizer.eos_token_id]


def beginning(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The one token that the tokenizer puts before any text, or none."""
    first = tokenizer("a")["input_ids"][:1]
    return first if first == [tokenizer.bos_token_id] else []


def vocabulary_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    return hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest()
