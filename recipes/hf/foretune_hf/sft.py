"""Stage `sft`: fine-tuning on prompts and completions by TRL, as sft_recipes/ has it; loss on completions."""

from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run

from . import processes
from .config import Sft
from .dialogues import dialogues
from .folders import model_folder
from .hub import pinned
from .models import describe, load_model, load_tokenizer, publish, read_cost
from .places import start_of
from .registry import sft_recipe
from .text import shuffle_seed
from .training import curve, finish, gather, train, trainer_settings


def sft(run: Run) -> Made:
    recipe = sft_recipe(run.config.get("sft_recipe", ""))
    config, own = Sft.read_with(getattr(recipe, "Fields", None), run.config)
    start = pinned(start_of(run), run.cache_dir)
    tokenizer = load_tokenizer(start)
    model = load_model(start, torch.float32)
    parameters = model.num_parameters()
    found = dialogues(config.data, config.train_items)
    trainer = _trainer(run, config, model, tokenizer, found, recipe.trainer_options(own))
    items = kept_items(trainer.train_dataset["input_ids"], len(found), config, tokenizer.eos_token_id)
    train(trainer, run.progress)
    before = read_cost(start.folder)
    steps, tokens = trainer.state.global_step, int(trainer.state.num_input_tokens_seen)
    made = gather(trainer, run.folder / "model.new")
    if processes.is_first():
        recipe.complete(start, made)
        total = before.plus(steps, tokens, recipe.FLOPS_PER_WEIGHT * parameters * tokens)
        publish(made, model_folder(run), tokenizer, total, parameters, items)
    finish(run.folder / "trainer")
    rows = curve(trainer.state, before.tokens, tokens / steps)
    return Made({"curves": rows}, describe(model_folder(run)))


def _trainer(
    run: Run,
    config: Sft,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    items: list[dict[str, str]],
    options: dict[str, Any],
) -> SFTTrainer:
    settings = trainer_settings(
        run.folder / "trainer",
        config.memory,
        lr=config.lr,
        steps=config.steps,
        batch=config.batch,
        warmup_steps=config.warmup_steps,
        seed=shuffle_seed("sft", config.task, config.sft_seed),
    )
    return SFTTrainer(
        model=model,
        args=SFTConfig(
            **settings,
            max_length=config.context,
            completion_only_loss=True,
            include_num_input_tokens_seen="non_padding",
        ),
        train_dataset=Dataset.from_list(items),
        processing_class=tokenizer,
        **options,
    )


def kept_items(rows: Sequence[Sequence[int]], found: int, config: Sft, end: int) -> dict[str, int]:
    """Counts of the items that TRL kept. It cuts an item to `context` tokens without a warning, and drops
    items whose completion is cut away completely. An item that was not cut ends with the end of text.

    Raises ValueError if no item is left.
    """
    whole = sum(row[-1] == end for row in rows)
    kept = {"asked": config.train_items, "found": found, "whole": whole}
    kept |= {"cut": len(rows) - whole, "left_out": found - len(rows)}
    said = (
        f"Items: {config.train_items} requested, {found} found; {whole} are trained on in full, "
        f"{kept['cut']} are cut at {config.context} tokens, and {kept['left_out']} are left out because the "
        "prompt alone fills the context."
    )
    if not rows:
        raise ValueError(f"{said} Choose a longer context or shorter prompts.")
    print(said, flush=True)
    return kept
