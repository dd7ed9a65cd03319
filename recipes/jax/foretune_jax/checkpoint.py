"""Weights on disk: safetensors files with one metadata entry for their training cost.

safetensors keeps metadata in a hash map, whose order differs between processes: with a single
entry, equal weights are equal bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import jax
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from foretune_protocol import processes
from foretune_protocol.cache import write_atomically
from foretune_protocol.checkpoints import checkpoint
from foretune_protocol.cost import NOTHING, Cost
from foretune_protocol.run import Run

from .config import Model
from .distributed import wait_for_all
from .model import Params, parameter_count, tensor_shapes

WEIGHTS = "weights.safetensors"
# The error names this many tensors that do not match: there may be hundreds.
NAMED = 3

Shapes = Mapping[str, Sequence[int]]


def write_weights(path: Path, params: Params, model: Model, cost: Cost) -> None:
    write_arrays(path, params, {"model": asdict(model), "cost": asdict(cost)})


def published(run: Run, params: Params, model: Model, cost: Cost) -> dict:
    """Writes the weights of a run; returns the checkpoint for result.json."""
    path = run.folder / WEIGHTS
    write_weights(path, params, model, cost)
    # The first of several processes writes, and all describe what it wrote.
    wait_for_all(f"{run.run_id} weights")
    return describe(path, model, cost)


def earlier_path(run: Run, step: int) -> Path:
    """The path of the weights of an earlier step."""
    return run.folder / f"step{step}.safetensors"


def read_weights(path: Path, model: Model) -> tuple[Params, Cost]:
    """Reads a file, or a folder with weights.safetensors, from any source. The tensors must match
    the model.

    The training cost is known only for weights that a run of this recipe wrote.
    """
    arrays, facts = read_arrays(_file(path))
    _refuse_other_tensors(path, {key: value.shape for key, value in arrays.items()}, tensor_shapes(model))
    cost = Cost(**facts["cost"]) if "cost" in facts else NOTHING
    return {key: jax.numpy.asarray(value, jax.numpy.float32) for key, value in arrays.items()}, cost


def _file(path: Path) -> Path:
    file = path / WEIGHTS if path.is_dir() else path
    if file.is_file():
        return file
    there = ", ".join(sorted(one.name for one in path.iterdir())) if path.is_dir() else "nothing"
    raise FileNotFoundError(
        f'There are no weights for this recipe at "{path}": expected a folder with {WEIGHTS}, or that file; '
        f"found {there or 'an empty folder'}."
    )


def _refuse_other_tensors(path: Path, found: Shapes, expected: Shapes) -> None:
    faults = [
        *(f"{name} is missing" for name in expected.keys() - found.keys()),
        *(f"{name} is unknown" for name in found.keys() - expected.keys()),
        *(
            f"{name} has shape {list(found[name])}, expected {list(expected[name])}"
            for name in expected.keys() & found.keys()
            if tuple(found[name]) != tuple(expected[name])
        ),
    ]
    if faults:
        first = "; ".join(sorted(faults)[:NAMED]) + ("; ..." if len(faults) > NAMED else "")
        raise ValueError(
            f'The weights at "{path}" do not match the study\'s `model`: {first}. Correct '
            "`model`, or choose another checkpoint."
        )


def describe(path: Path, model: Model, cost: Cost) -> dict:
    return checkpoint(path, **vars(cost), parameters=parameter_count(model))


def write_arrays(path: Path, arrays: Params, facts: dict) -> None:
    """Written by the first of several processes, which all have the same weights."""
    if not processes.is_first():
        return
    data = save(
        {key: np.asarray(value) for key, value in arrays.items()},
        {"foretune": json.dumps(facts, sort_keys=True)},
    )
    write_atomically(path, lambda to: to.write_bytes(data))


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    with safe_open(path, "numpy") as file:
        facts = json.loads((file.metadata() or {}).get("foretune", "{}"))
        return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118 (not a dict)
