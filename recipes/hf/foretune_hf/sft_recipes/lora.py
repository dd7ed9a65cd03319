"""LoRA: adapters are trained, and merged into the weights that they adapt: a plain model is evaluated."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretune_protocol.config import Config, option

if TYPE_CHECKING:
    from ..places import Place

LABEL = "LoRA"
# Frozen weights need no gradient of their own: two thirds of the work.
FLOPS_PER_WEIGHT = 4.0


class Adapters(Config):
    rank: int = option("Rank of the adapters", minimum=1, default=16)
    alpha: int = option("Their scale, times the rank", minimum=1, default=32)
    dropout: float = option("Share of what adapters read that is left out", minimum=0, maximum=1, default=0.0)
    targets: str | list[str] = option("Modules that are adapted, as PEFT names them", default="all-linear")


class Fields(Config):
    lora: Adapters = option("The adapters", default=Adapters())


def trainer_options(own: Fields) -> dict[str, Any]:
    from peft import LoraConfig

    return {
        "peft_config": LoraConfig(
            r=own.lora.rank,
            lora_alpha=own.lora.alpha,
            lora_dropout=own.lora.dropout,
            target_modules=own.lora.targets,
            task_type="CAUSAL_LM",
        )
    }


def problems(own: Fields, model: Any) -> Iterator[str]:
    """Targets that `model`, which needs no weights, does not have."""
    from torch.nn import Embedding, Linear
    from transformers.pytorch_utils import Conv1D

    targets = own.lora.targets
    if targets == "all-linear":
        return
    kinds = (Linear, Embedding, Conv1D)
    names = [name for name, module in model.named_modules() if isinstance(module, kinds)]
    listed = targets if isinstance(targets, list) else [targets]
    for target in listed:
        pattern = target if target is targets else rf"(.*\.)?{re.escape(target)}"
        if not any(re.fullmatch(pattern, name) for name in names):
            ends = sorted({name.rpartition(".")[2] for name in names})
            yield f'LoRA cannot adapt "{target}": the modules of the model are {", ".join(ends)}.'


def complete(start: "Place", made: Path) -> None:
    """Puts the whole model where the adapter was."""
    import torch
    from peft import PeftModel

    from ..models import load_model

    with warnings.catch_warnings():
        # PEFT goes on without what an adapter does not have.
        warnings.filterwarnings("error", message="Found missing adapter keys")
        model: Any = PeftModel.from_pretrained(load_model(start, torch.float32), str(made))
    merged = model.merge_and_unload()
    for file in made.glob("adapter_*"):
        file.unlink()
    merged.save_pretrained(made)
