"""Weights on disk: safetensors files whose one metadata entry says what they cost.

safetensors keeps metadata in a hash map, whose order changes from process to process: a single entry
keeps equal weights equal bytes.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import jax
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from . import processes
from .cache import write_atomically
from .config import Model
from .cost import Cost
from .model import Params, parameter_count


def write_weights(path: Path, params: Params, model: Model, cost: Cost) -> None:
    write_arrays(path, params, {"model": asdict(model), "cost": asdict(cost)})


def read_weights(path: Path, model: Model) -> tuple[Params, Cost]:
    """Raises ValueError when the weights are of another architecture."""
    arrays, facts = read_arrays(path)
    if facts["model"] != asdict(model):
        raise ValueError(f'"{path}" holds a model {facts["model"]}, expected {asdict(model)}.')
    return {key: jax.numpy.asarray(value) for key, value in arrays.items()}, Cost(**facts["cost"])


def describe(path: Path, model: Model, cost: Cost) -> dict:
    """The checkpoint as result.json carries it."""
    parameters = parameter_count(model)
    return {
        "step": cost.step,
        "tokens": cost.tokens,
        "flops": cost.flops,
        "parameters": parameters,
        "active_parameters": parameters,
        "uri": path.resolve().as_uri(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def write_arrays(path: Path, arrays: Params, facts: dict) -> None:
    """By the first of several processes, which all have the same."""
    if not processes.is_first():
        return
    data = save(
        {key: np.asarray(value) for key, value in arrays.items()},
        {"foretune": json.dumps(facts, sort_keys=True)},
    )
    write_atomically(path, lambda to: to.write_bytes(data))


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    with safe_open(path, "numpy") as file:
        facts = json.loads(file.metadata()["foretune"])
        return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118 (not a dict)
