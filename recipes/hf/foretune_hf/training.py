"""What both training stages ask of transformers' Trainer: its settings, its checkpoints, its progress."""

import math
import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from foretune_protocol.notice import Notice
from foretune_protocol.progress import Progress
from foretune_protocol.tables import Row

from . import processes
from .config import Memory
from .models import training_device_has_bf16

CURVE_STEPS = 10
COMPLETE = "complete"
WEIGHT_DECAY = 0.01
# As GPT-3 and its open successors, Pythia and OLMo among them, were trained (arXiv 2304.01373, table 6).
ADAM = {"adam_beta1": 0.9, "adam_beta2": 0.95, "adam_epsilon": 1e-8}


def trainer_settings(
    folder: Path, memory: Memory, *, lr: float, steps: int, batch: int, warmup_steps: int, seed: int
) -> dict[str, Any]:
    """Keyword arguments of TrainingArguments."""
    micro, accumulation = _cut(batch, memory.micro_batch)
    return {
        "output_dir": str(folder),
        "max_steps": steps,
        "per_device_train_batch_size": micro,
        "gradient_accumulation_steps": accumulation,
        "activation_checkpointing": memory.activation_checkpointing,
        "learning_rate": lr,
        "lr_scheduler_type": "linear",
        "warmup_steps": min(warmup_steps, steps // 4),
        "weight_decay": WEIGHT_DECAY,
        **ADAM,
        "max_grad_norm": 1.0,
        "bf16": training_device_has_bf16(),
        "use_cpu": not torch.cuda.is_available(),
        "dataloader_pin_memory": torch.cuda.is_available(),
        "seed": seed,
        "data_seed": seed,
        # A loss that is not finite is to be seen, not left out of the mean.
        "logging_nan_inf_filter": False,
        "logging_steps": min(CURVE_STEPS, steps),
        "save_steps": checkpoint_steps(steps),
        # The one before is kept until the newer one is complete.
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": True,
    }


def _cut(batch: int, micro_batch: int) -> tuple[int, int]:
    """Items of a process at once, and how often their gradients are added up."""
    count = processes.count()
    micro = min(micro_batch, batch // count)
    if micro < 1 or batch % (micro * count):
        raise ValueError(
            f"A batch of {batch} cannot be split into micro-batches of {micro_batch} on {count} processes: "
            "choose a multiple."
        )
    return micro, batch // (micro * count)


def checkpoint_steps(steps: int) -> int:
    """About ten times per run, at steps the training log also has, so that a killed run logs the same."""
    return CURVE_STEPS * max(1, math.ceil(steps / (10 * CURVE_STEPS)))


class Watch(TrainerCallback):
    """Reports progress, stops on notice or when training diverges, and marks complete checkpoints, as
    Trainer writes them file by file."""

    def __init__(self, progress: Progress, notice: Notice) -> None:
        self.progress = progress
        self.notice = notice
        self.loss: float | None = None
        self.ending = False

    def on_log(self, args, state, control, logs=None, **_):  # noqa: ARG002 (Trainer's signature)
        self.loss = (logs or {}).get("loss", self.loss)
        if self.loss is not None and not math.isfinite(self.loss):
            raise ValueError(
                f"The loss is {self.loss} up to step {state.global_step}: training diverged. Choose a lower "
                "learning rate."
            )

    def on_step_end(self, args, state: TrainerState, control: TrainerControl, **_):  # noqa: ARG002
        self.progress.report(state.global_step, state.max_steps, self.loss)
        if state.global_step < state.max_steps and processes.any_process(self.notice.given):
            self.ending = control.should_save = control.should_training_stop = True
            # The sum of losses since the last point is in no checkpoint.
            control.should_log = True

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_):  # noqa: ARG002
        processes.wait_for_all()
        if processes.is_first():
            (_checkpoint(args.output_dir, state.global_step) / COMPLETE).touch()


def _checkpoint(folder: str, step: int) -> Path:
    return Path(folder) / f"{PREFIX_CHECKPOINT_DIR}-{step}"


def train(trainer: Trainer, progress: Progress) -> None:
    """From the last whole checkpoint, if an attempt before left one."""
    found = last_checkpoint(Path(trainer.args.output_dir), trainer.args.max_steps)
    if found:
        print(f"Resumed from step {_step(found)}.", flush=True)
    with Notice() as notice:
        watch = Watch(progress, notice)
        trainer.add_callback(watch)
        trainer.train(resume_from_checkpoint=str(found) if found else None)
        if watch.ending:
            processes.wait_for_all()
            notice.obey(trainer.state.global_step)


def gather(trainer: Trainer, folder: Path) -> Path:
    """The trained weights in a new folder: all processes give theirs, the first writes."""
    if processes.is_first():
        shutil.rmtree(folder, ignore_errors=True)
    processes.wait_for_all()
    if trainer.is_fsdp_enabled:
        # Of the type SHARDED_STATE_DICT, the default of FSDP 2, Trainer saves nothing here, and says nothing.
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    trainer.save_model(str(folder))
    # A pickle, and only of settings.
    (folder / "training_args.bin").unlink(missing_ok=True)
    return folder


def finish(checkpoints: Path) -> None:
    """Once the weights have their place, all go on, and what resuming needed is dropped."""
    processes.wait_for_all()
    if processes.is_first():
        shutil.rmtree(checkpoints, ignore_errors=True)


def last_checkpoint(folder: Path, steps: int) -> Path | None:
    """Those that are not whole are removed: Trainer would count them among the ones it keeps. One of the last
    step is not gone on from: Trainer would take a step more."""
    if not folder.exists():
        return None
    found = list(folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*"))
    whole = [one for one in found if (one / COMPLETE).exists()]
    if processes.is_first():
        for one in set(found) - set(whole):
            shutil.rmtree(one, ignore_errors=True)
    return max((one for one in whole if _step(one) < steps), key=_step, default=None)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def curve(state: TrainerState, before: int, step_tokens: float) -> list[Row]:
    """The training log: mean loss (nats) of the steps since the last point."""
    return [
        {
            "step": entry["step"],
            "tokens": before + entry["step"] * step_tokens,
            "metric": "train_loss",
            "domain": None,
            "value": entry["loss"],
        }
        for entry in state.log_history
        if "loss" in entry
    ]
