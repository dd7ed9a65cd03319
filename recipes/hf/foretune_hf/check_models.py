"""Whether a model is there, whole, and long enough: by its config.json and the names of its files."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .hub import CONFIG, Unreachable, answers, commit_of, config_file, refuse_moving
from .places import Place

INDEX = "model.safetensors.index.json"
# As the architectures name the number of positions that they have.
POSITIONS = ("max_position_embeddings", "n_positions", "max_seq_len")


@cache
def model_problems(place: Place, context: int) -> list[str]:
    return list(_problems(place, context))


def _problems(place: Place, context: int) -> Iterator[str]:
    try:
        config = _config(place)
    except ValueError as error:
        yield str(error)
        return
    if config is None:
        return
    positions = next((config[name] for name in POSITIONS if isinstance(config.get(name), int)), None)
    if positions is not None and context > positions:
        yield (
            f'A context of {context} tokens is too long for "{place.name}", which has {positions} positions.'
        )
    try:
        skeleton(place)
    except ValueError as error:
        yield str(error)


@cache
def skeleton(place: Place) -> Any:
    """The model without weights, or None where it cannot be made here. Raises ValueError."""
    if find_spec("transformers") is None or _config(place) is None:
        return None
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from .models import SAFE, load_tokenizer

    # At its commit a model of the hub is read from the cache.
    revision = "main" if place.folder else commit_of(place, asks=answers())
    try:
        with torch.device("meta"):
            config = AutoConfig.from_pretrained(place.name, revision=revision, **SAFE)
            model = AutoModelForCausalLM.from_config(config, **SAFE)
        if place.folder:
            load_tokenizer(place)
    except (ValueError, OSError, KeyError, TypeError) as error:
        first = str(error).strip().split("\n")[0]
        raise ValueError(f'Transformers cannot load "{place.name}": {first}') from error
    return model


@cache
def _config(place: Place) -> dict[str, Any] | None:
    """config.json, or None where the hub does not answer. Raises ValueError for what is not there."""
    if place.folder:
        _refuse_incomplete(place.folder)
        return _read(place.folder / CONFIG)
    if Path(place.name).is_absolute():
        raise ValueError(f'There is no model folder at "{place.name}".')
    refuse_moving(place)
    if find_spec("huggingface_hub") is None:
        return None
    try:
        return _read(config_file(place, asks=answers()))
    except Unreachable:
        return None


def _refuse_incomplete(folder: Path) -> None:
    names = {file.name for file in folder.iterdir()}
    if CONFIG not in names:
        raise ValueError(
            f'"{folder}" has no {CONFIG}: expected it, the tokenizer and safetensors weights, as '
            "transformers saves them."
        )
    if not any(name.endswith(".safetensors") for name in names):
        raise ValueError(f'"{folder}" has no safetensors weights; pickled ones are not read.')
    shards = set(_read(folder / INDEX).get("weight_map", {}).values()) if INDEX in names else set()
    if missing := sorted(shards - names):
        raise ValueError(
            f'"{folder}" is missing {", ".join(missing)}, named in its {INDEX}. Copy the folder again.'
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f'"{file}" is not JSON: {error}.') from error
    if not isinstance(found, dict):
        raise ValueError(f'"{file}" is not a JSON object.')
    return found
