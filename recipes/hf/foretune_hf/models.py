"""Model folders: Hugging Face's own layout, safetensors alone, and beside it what the weights cost.

No code of a model is ever run, and no pickled weights are read.
"""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from foretune_protocol.checkpoints import checkpoint, digest, listed_digest
from foretune_protocol.cost import NOTHING, Cost

from .places import Place

COST_FILE = "foretune.json"
# So many missing tensors are named: a broken folder may lack hundreds.
NAMED = 3
SAFE: dict[str, Any] = {"trust_remote_code": False}


def load_model(place: Place, dtype: torch.dtype) -> PreTrainedModel:
    """Raises transformers' own error for a folder with missing files or only pickled weights, and
    ValueError if tensors are missing: transformers would initialize those at random."""
    model, found = AutoModelForCausalLM.from_pretrained(
        place.name,
        revision=place.revision or "main",
        dtype=dtype,
        use_safetensors=True,
        output_loading_info=True,
        **SAFE,
    )
    missing = {
        key if isinstance(key, str) else key[0] for key in (*found["missing_keys"], *found["mismatched_keys"])
    }
    if missing:
        first = ", ".join(sorted(missing)[:NAMED]) + (", ..." if len(missing) > NAMED else "")
        raise ValueError(
            f'The weights of "{place.name}" do not match its config.json. Missing, or of another shape: '
            f"{len(missing)} tensor{'s' if len(missing) > 1 else ''} ({first}). "
            "Copy the folder again from where it was made."
        )
    return model


def load_tokenizer(place: Place) -> PreTrainedTokenizerBase:
    tokenizer = AutoTokenizer.from_pretrained(place.name, revision=place.revision or "main", **SAFE)
    if tokenizer.eos_token_id is None:
        raise ValueError(
            f'The tokenizer of "{place.name}" has no end-of-text token, which separates documents.'
        )
    return tokenizer


def training_device_has_bf16() -> bool:
    return torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def measuring_dtype() -> torch.dtype:
    return torch.bfloat16 if training_device_has_bf16() else torch.float32


def read_cost(folder: Path | None) -> Cost:
    """Nothing for a checkpoint that no study made: what it cost before is not known."""
    if folder is None or not (folder / COST_FILE).exists():
        return NOTHING
    return Cost(**json.loads((folder / COST_FILE).read_text("utf-8"))["cost"])


def publish(
    made: Path,
    folder: Path,
    tokenizer: PreTrainedTokenizerBase,
    cost: Cost,
    parameters: int,
    items: dict[str, int] | None = None,
) -> None:
    """Completes the folder `made` and gives it its name: whole or not at all. `items`: what it was tuned on.

    Raises FileNotFoundError for a folder without weights, before anything of the run is removed.
    """
    weight_files(made)
    tokenizer.save_pretrained(made)
    facts = {"cost": asdict(cost), "parameters": parameters} | ({"items": items} if items else {})
    (made / COST_FILE).write_text(json.dumps(facts, sort_keys=True), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)


def describe(folder: Path) -> dict[str, Any]:
    """The checkpoint as result.json carries it. Of experts, all are counted as used."""
    facts = json.loads((folder / COST_FILE).read_text("utf-8"))
    return checkpoint(folder, **facts["cost"], parameters=facts["parameters"], sha256=weights_digest(folder))


def weights_digest(folder: Path) -> str:
    """SHA-256 of the weights file; for several files, of the lines that sha256sum prints for them."""
    files = weight_files(folder)
    return digest(files[0]) if len(files) == 1 else listed_digest(folder, [file.name for file in files])


def weight_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        there = ", ".join(sorted(file.name for file in folder.glob("*"))) or "nothing"
        raise FileNotFoundError(
            f'"{folder}" has no weights: expected model.safetensors or its shards, found {there}. '
            "The training state was kept, so nothing is lost: find out why the weights were not saved (with "
            "several processes, check how accelerate shards the model) and start the job again."
        )
    return files
