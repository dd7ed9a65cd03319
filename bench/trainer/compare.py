"""Runs both trainers in turn and prints the ratio of their speeds. Started by run.sh.

A round runs one process of each trainer, on the same core, from the same weights, over the same
batches. The losses of every step must agree, otherwise the two do not do the same work. Compilation
and the first 50 steps of each are not counted.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from foretune_jax.config import Model
from foretune_jax.devices import use_threads
from foretune_jax.model import init_params
from foretune_jax.sequences import prefix_lm
from foretune_jax.train import learning_rates
from foretune_measures.seeds import generator
from foretune_protocol.threads import limit_threads

HERE = Path(__file__).resolve().parent
AIM = 0.65


@dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    heads: int
    context: int
    vocabulary: int
    rows: int
    steps: int


SHAPES = {
    "quickstart": Shape(2, 64, 4, 64, 1536, rows=16, steps=300),
    "large-batch": Shape(2, 64, 4, 64, 1536, rows=64, steps=100),
    "larger-model": Shape(4, 128, 4, 128, 1024, rows=8, steps=100),
}


def main() -> int:
    arguments = parse()
    os.environ |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    # Both processes inherit the one core and the one thread.
    locks = limit_threads(1, arguments.state / "cores")
    use_threads(1)
    python = {"jax": sys.executable, "torch": arguments.torch}
    print(f"{'shape':14}{'jax tokens/s':>14}{'torch tokens/s':>16}{'ratio':>8}   (aim: at least {AIM})")
    for name in arguments.shapes or SHAPES:
        inputs = write_inputs(arguments.state / f"{name}.npz", SHAPES[name])
        rounds = [
            {side: measure(side, python[side], inputs, arguments.state) for side in ("jax", "torch")}
            for _ in range(arguments.rounds)
        ]
        assert_same_work(name, rounds[0]["jax"]["losses"], rounds[0]["torch"]["losses"])
        report(name, rounds)
    del locks
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", choices=[*SHAPES, []], help="default: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--torch", required=True, help="the Python that has torch")
    return parser.parse_args()


def write_inputs(path: Path, shape: Shape) -> Path:
    """Weights, batches and learning rates, for both trainers."""
    model = Model(shape.layers, shape.width, shape.heads, shape.context, shape.vocabulary)
    rng = generator("bench")
    # Token frequencies are skewed as in natural text, so that there is something to learn.
    size = (shape.rows * shape.steps, shape.context + 1)
    tokens = np.minimum(rng.geometric(0.02, size), shape.vocabulary - 1).astype(np.int32)
    weights = {f"weights/{key}": np.asarray(value) for key, value in init_params(model, rng).items()}
    rates = learning_rates(0.003, shape.steps, 30, 0.5)
    batch = vars(prefix_lm(tokens, rng))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, shape=json.dumps(asdict(shape)), lrs=rates, **weights, **batch)
    return path


def measure(side: str, python: str, inputs: Path, state: Path) -> dict:
    command = [python, str(HERE / f"{side}_side.py"), str(inputs), str(state)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def assert_same_work(name: str, ours: list[float], theirs: list[float]) -> None:
    """Sums in another order diverge slowly: the first agree closely, the last differ in the second
    digit."""
    close = np.allclose(ours[:20], theirs[:20], rtol=1e-3) and np.allclose(ours, theirs, rtol=2e-2)
    if not close:
        worst = int(np.argmax(np.abs(np.subtract(ours, theirs))))
        raise SystemExit(f"{name}: the losses of step {worst} differ: {ours[worst]} and {theirs[worst]}.")


def report(name: str, rounds: list[dict]) -> None:
    """The medians over the rounds of each trainer's speed and of the ratio within a round."""
    speed = {side: [found[side]["tokens_per_second"] for found in rounds] for side in ("jax", "torch")}
    ratios = [a / b for a, b in zip(speed["jax"], speed["torch"], strict=True)]
    jax, torch = (statistics.median(speed[side]) for side in ("jax", "torch"))
    spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
    print(f"{name:14}{jax:14,.0f}{torch:16,.0f}{statistics.median(ratios):8.2f}   ({spread})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
