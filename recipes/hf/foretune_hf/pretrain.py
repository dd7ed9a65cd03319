"""Stage `pretrain`: a checkpoint is trained further on a mixture of text, every token predicted (CLM)."""

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase, Trainer, TrainerCallback, TrainingArguments

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run

from . import processes
from .config import Pretrain
from .folders import model_folder, rows_dir
from .hub import pinned
from .models import describe, load_model, load_tokenizer, publish, read_cost
from .places import model_named, start_of
from .text import mixture_rows, shuffle_seed
from .training import curve, finish, gather, train, trainer_settings


class TextRows(Dataset):
    """Rows of tokens, each its own target."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        row = torch.from_numpy(self.rows[index].astype(np.int64))
        return {"input_ids": row, "labels": row}


class Keep(TrainerCallback):
    """Calls `keep` after each of the given steps."""

    def __init__(self, steps: Collection[int], keep: Callable[[int], None]) -> None:
        self.steps = steps
        self.keep = keep

    def on_step_end(self, args, state, control, **_):  # noqa: ARG002 (Trainer's signature)
        if state.global_step in self.steps:
            self.keep(state.global_step)


def pretrain(run: Run) -> Made:
    config = Pretrain.read(run.config)
    place = pinned(start_of(run) if run.input else model_named(config.model), run.cache_dir)
    tokenizer = load_tokenizer(place)
    model = load_model(place, torch.float32)
    parameters = model.num_parameters()
    trainer = _trainer(run, config, model, tokenizer)
    before = read_cost(place.folder)
    step_tokens = config.batch * config.context

    def keep(step: int, folder: Path) -> None:
        made = gather(trainer, folder.with_name(f"{folder.name}.new"))
        if processes.is_first():
            tokens = step * step_tokens
            cost = before.plus(step, tokens, 6.0 * parameters * tokens)
            publish(made, folder, tokenizer, cost, parameters)

    earlier = {step: run.folder / f"step{step}" for step in config.checkpoint_steps}
    trainer.add_callback(Keep(earlier, lambda step: keep(step, earlier[step])))
    train(trainer, run.progress)
    keep(trainer.state.global_step, model_folder(run))
    finish(run.folder / "trainer")
    return Made(
        {"curves": curve(trainer.state, before.tokens, step_tokens)},
        describe(model_folder(run)),
        {step: describe(folder) for step, folder in earlier.items()},
    )


def _trainer(run: Run, config: Pretrain, model, tokenizer: PreTrainedTokenizerBase) -> Trainer:
    steps = config.train_tokens // (config.batch * config.context)
    if not steps:
        raise ValueError(
            f"train_tokens {config.train_tokens} are less than one step of {config.batch} rows of "
            f"{config.context} tokens."
        )
    rows = mixture_rows(
        tokenizer,
        config.text,
        config.mixture,
        config.context,
        steps * config.batch,
        config.seed,
        rows_dir(run),
    )
    settings = trainer_settings(
        run.folder / "trainer",
        config.memory,
        lr=config.lr,
        steps=steps,
        batch=config.batch,
        warmup_steps=config.warmup_steps,
        seed=shuffle_seed("pretrain", config.seed),
    )
    return Trainer(
        model=model,
        args=TrainingArguments(**settings),
        train_dataset=TextRows(rows),
    )
