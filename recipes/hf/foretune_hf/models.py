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
    """Raises what transformers raises, in its own words, for a folder that lacks files or has pickles alone;
    ValueError for weights that lack some of the model's: transformers draws those at random."""
    model, found = AutoModelForCausalLM.from_pretrained(
        place.name,
        revision=place.revision or "main",
        dtype=dtype,
        use_safetensors=True,
        output_loading_info=True,
        **SAFE,
    )
    lacking = {
        key if isinstance(key, str) else key[0] for key in (*found["missing_keys"], *found["mismatched_keys"])
    }
    if lacking:
        first = ", ".join(sorted(lacking)[:NAMED]) + (", ..." if len(lacking) > NAMED else "")
        raise ValueError(
            f'The weights of "{place.name}" lack {len(lacking)} of the tensors that its config.json asks '
            f"for, or have them in another shape: {first}. Copy the folder again, or take it from where it "
            "was made."
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
    """Of the one weights file; of several, of the lines `<sha256>  <name>` that sha256sum prints of them."""
    files = weight_files(folder)
    return digest(files[0]) if len(files) == 1 else listed_digest(folder, [file.name for file in files])


def weight_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        there = ", ".join(sorted(file.name for file in folder.glob("*"))) or "nothing"
        raise FileNotFoundError(
            f'"{folder}" holds no weights: expected model.safetensors or its shards, found {there}. '
            "What training wrote to resume from is kept beside it: mend what kept them back (of several "
            "processes, how accelerate shards the model) and start the job again."
        )
    return files
