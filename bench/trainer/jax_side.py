"""The trainer that studies use: `foretune_jax.train`."""

import json
import sys
import time
from pathlib import Path

import jax
import numpy as np

from foretune_jax.batch import Batch
from foretune_jax.compiled import use_compilation_cache
from foretune_jax.config import Model
from foretune_jax.train import CHUNK, new_state, train


def main() -> None:
    use_compilation_cache(Path(sys.argv[2]) / "compiled")
    inputs = np.load(sys.argv[1])
    shape = json.loads(str(inputs["shape"]))
    rows, steps = shape.pop("rows"), shape.pop("steps")
    weights = {k.removeprefix("weights/"): inputs[k] for k in inputs if k.startswith("weights/")}
    data = Batch(*(inputs[name] for name in ("inputs", "targets", "weights", "prefix")))
    losses, ends = [], []

    def on_chunk(_, found: np.ndarray) -> None:
        losses.extend(found.tolist())
        ends.append(time.perf_counter())

    state = new_state({key: jax.numpy.asarray(value) for key, value in weights.items()})
    train(Model(**shape), state, data, inputs["lrs"], on_chunk)
    # The first chunk includes compilation, and is the warm-up.
    tokens = (steps - CHUNK) * rows * shape["context"]
    print(json.dumps({"tokens_per_second": tokens / (ends[-1] - ends[0]), "losses": losses}))


main()
