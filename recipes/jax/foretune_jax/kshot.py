"""k-shot scores of a checkpoint that was not fine-tuned: solved examples, then the question."""

from collections.abc import Sequence

from foretune_measures.seeds import writer

from .answers import option_answers
from .config import Model
from .corpus import Corpus
from .item import Item
from .items import items
from .model import Params
from .registry import tasks
from .scoring import Answer
from .tokenizer import Tokenizer

EXAMPLE_POOL = 64


def kshot_answers(
    params: Params, model: Model, corpus: Corpus, task: str, count: int, shots: int
) -> tuple[list[Item], list[list[Answer]]]:
    """`count` test items, or all if there are fewer, with their answers; examples come from the
    training split."""
    limit = tasks()[task].available(corpus.world, "test")
    asked = items(task, corpus.world, "test", count if limit is None else min(count, limit), corpus.seed)
    examples = items(task, corpus.world, "train", EXAMPLE_POOL, corpus.seed)
    prompts = kshot_prompts(corpus.tokenizer, asked, examples, model.context, corpus.seed, shots)
    return asked, option_answers(params, model, corpus.tokenizer, asked, prompts)


def kshot_prompts(
    tokenizer: Tokenizer, asked: Sequence[Item], examples: Sequence[Item], context: int, seed: int, shots: int
) -> list[str]:
    """Each item after up to `shots` randomly drawn examples, as many as fit into the context."""
    rng = writer("examples", seed)
    solved = [f"{example.prompt}{example.answer}." for example in examples]
    lengths = dict(zip(solved, map(len, tokenizer.encode_batch(solved)), strict=True))
    return [_prompt(tokenizer, item, rng.sample(solved, shots), lengths, context) for item in asked]


def _prompt(tokenizer: Tokenizer, item: Item, shots: list[str], lengths: dict[str, int], context: int) -> str:
    longest = max(len(tokenizer.encode(item.prompt + option)) for option in item.options)
    # One more for the start token, one for the space before each example.
    room = context - 1 - longest
    chosen = []
    for shot in shots:
        room -= lengths[shot] + 1
        if room >= 0:
            chosen.append(shot)
    return " ".join([*chosen, item.prompt])
