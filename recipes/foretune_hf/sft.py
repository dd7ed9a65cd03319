"""Stage `sft`: fine-tuning on prompts and completions by TRL, of all weights or by LoRA; loss on completions.

LoRA's adapters are merged into the weights they adapt, so that what is evaluated is one plain model.
"""

import warnings
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from peft import LoraConfig, PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from foretune_recipes.attempts import Made

from . import processes
from .config import Dialogues, Lora, Sft
from .datasets_read import rows
from .models import describe, load_model, load_tokenizer, publish, read_cost
from .stage_run import StageRun
from .text import shuffle_seed
from .training import curve, finish, gather, train, trainer_settings

WARMUP_STEPS = 10
# Which items are trained on is the same for every seed and variant; seeds differ in their order.
ITEM_SEED = 0


def sft(run: StageRun) -> Made:
    config = Sft.read(run.config)
    start = run.required_input()
    tokenizer = load_tokenizer(str(start))
    model = load_model(str(start), torch.float32)
    parameters = model.num_parameters()
    found = dialogues(config.data, config.train_items)
    trainer = _trainer(run, config, model, tokenizer, found)
    items = kept_items(trainer.train_dataset["input_ids"], len(found), config, tokenizer.eos_token_id)
    train(trainer, run.progress)
    before = read_cost(start)
    steps, tokens = trainer.state.global_step, int(trainer.state.num_input_tokens_seen)
    made = gather(trainer, run.folder / "model.new")
    if processes.is_first():
        if config.lora:
            _merge(start, made)
        # Frozen weights need no gradient of their own: two thirds of the work.
        flops = (4.0 if config.lora else 6.0) * parameters * tokens
        publish(made, run.model, tokenizer, before.plus(steps, tokens, flops), parameters, items)
    finish(run.folder / "trainer")
    return Made({"curves": curve(trainer.state, before.tokens, tokens / steps)}, describe(run.model))


def _trainer(
    run: StageRun,
    config: Sft,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    items: list[dict[str, str]],
) -> SFTTrainer:
    settings = trainer_settings(
        run.folder / "trainer",
        config.memory,
        lr=config.lr,
        steps=config.steps,
        batch=config.batch,
        warmup_steps=WARMUP_STEPS,
        seed=shuffle_seed("sft", run.seed, config.task, config.sft_seed),
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
        peft_config=_lora(config.lora) if config.lora else None,
    )


def dialogues(data: Dialogues, count: int) -> list[dict[str, str]]:
    """`count` prompts with their completions, or as many as there are."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    prompt, completion = map(environment.from_string, (data.prompt, data.completion))
    made = [
        {"prompt": prompt.render(row), "completion": completion.render(row)}
        for row in islice(rows(data, ITEM_SEED), count)
    ]
    if not made:
        raise ValueError(f'"{data.dataset}" has no rows in its split "{data.split}".')
    return made


def kept_items(rows: Sequence[Sequence[int]], found: int, config: Sft, end: int) -> dict[str, int]:
    """What TRL left of them: it keeps the first `context` tokens of an item, without a word, and leaves out
    items of which no token of the completion is among these. A whole one has the end of text behind it.

    Raises ValueError where none is left.
    """
    whole = sum(row[-1] == end for row in rows)
    kept = {"asked": config.train_items, "found": found, "whole": whole}
    kept |= {"cut": len(rows) - whole, "left_out": found - len(rows)}
    said = (
        f"Items: {config.train_items} asked for, {found} found; {whole} are trained on whole, "
        f"{kept['cut']} are cut at {config.context} tokens, {kept['left_out']} left out, as their prompts "
        "alone fill these."
    )
    if not rows:
        raise ValueError(f"{said} Choose a longer context or shorter prompts.")
    print(said, flush=True)
    return kept


def _lora(config: Lora) -> LoraConfig:
    return LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=config.targets,
        task_type="CAUSAL_LM",
    )


def _merge(start: Path, adapter: Path) -> None:
    """Puts the whole model where the adapter lay."""
    with warnings.catch_warnings():
        # PEFT goes on without what an adapter lacks.
        warnings.filterwarnings("error", message="Found missing adapter keys")
        model: Any = PeftModel.from_pretrained(load_model(str(start), torch.float32), str(adapter))
    merged = model.merge_and_unload()
    for file in adapter.glob("adapter_*"):
        file.unlink()
    merged.save_pretrained(adapter)
