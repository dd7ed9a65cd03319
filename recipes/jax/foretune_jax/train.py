"""The training loop of pre-training and fine-tuning: Muon and AdamW over chunks of steps, compiled
once.

A chunk is a compiled loop over up to `CHUNK` steps. Their number and learning rates are arguments,
so that runs of any length and learning rate share one program.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from optax import contrib

from .batch import Batch
from .config import Model
from .distributed import dealt_rows, training_devices
from .model import MATRICES, Params, hidden_states

CHUNK = 50
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0
MOMENTUM = 0.95
UPDATE_RMS = 0.2
# Coefficients of each step, passed as an array so that the steps are a loop, which compiles faster.
NEWTON_SCHULZ = ((3.4445, -4.7750, 2.0315),) * 5


def _dimensions(matrices: optax.Params) -> optax.Params:
    return jax.tree.map(lambda _: contrib.MuonDimensionNumbers(), matrices)


def _rescaled(updates: optax.Updates, _: optax.Params) -> optax.Updates:
    """Orthogonal updates of the size of AdamW's."""
    return jax.tree.map(lambda update: UPDATE_RMS * max(update.shape) ** 0.5 * update, updates)


def _kinds(params: Params) -> dict[str, str]:
    return {key: "matrix" if key.endswith(MATRICES) else "other" for key in params}


MUON = optax.chain(
    contrib.scale_by_muon(NEWTON_SCHULZ, beta=MOMENTUM, weight_dimension_numbers=_dimensions),
    optax.stateless(_rescaled),
)
# Muon for the layers' matrices at AdamW's rates (arXiv 2502.16982, equation 4), AdamW for
# everything else: at the same cost a base knows more, and differs less between seeds, than with
# AdamW alone.
OPTIMISER = optax.chain(
    optax.clip_by_global_norm(CLIP_NORM),
    optax.partition({"matrix": MUON, "other": optax.scale_by_adam(b1=0.9, b2=0.98)}, _kinds),
    optax.add_decayed_weights(WEIGHT_DECAY),
)


@dataclass(frozen=True)
class State:
    params: Params
    moments: optax.OptState
    step: int


def new_state(params: Params) -> State:
    return State(params, OPTIMISER.init(params), 0)


def batch_loss(params: Params, model: Model, batch: dict[str, jax.Array]) -> jax.Array:
    """Mean cross-entropy over the weighted positions of one batch."""
    x = hidden_states(params, model, batch["inputs"], batch["prefix"])
    scores = x @ params["embedding"].T
    top = jax.nn.logsumexp(scores, axis=-1)
    hit = jnp.take_along_axis(scores, batch["targets"][..., None], axis=-1)[..., 0]
    return jnp.sum((top - hit) * batch["weights"]) / jnp.maximum(jnp.sum(batch["weights"]), 1.0)


@partial(jax.jit, static_argnames="model", donate_argnums=(0, 1))
def train_chunk(params, moments, batches, lrs, steps, *, model):
    """`batches`: arrays [CHUNK, rows, ...]; returns params, moments and each step's loss
    [CHUNK]."""

    def one_step(i, carry):
        params, moments, losses = carry
        batch = {key: value[i] for key, value in batches.items()}
        loss, gradient = jax.value_and_grad(batch_loss)(params, model, batch)
        updates, moments = OPTIMISER.update(gradient, moments, params)
        params = jax.tree.map(lambda p, u: p - lrs[i] * u, params, updates)
        return params, moments, losses.at[i].set(loss)

    return jax.lax.fori_loop(0, steps, one_step, (params, moments, jnp.zeros(len(lrs))))


def train(
    model: Model,
    state: State,
    data: Batch,
    lrs: np.ndarray,
    on_chunk: Callable[[State, np.ndarray], None] = lambda *_: None,
    stops: Collection[int] = (),
) -> State:
    """Runs from `state.step` to the end of `lrs`; step i uses the i-th of equal parts of `data`.

    `on_chunk` gets the state after each chunk and the losses of its steps. Chunks end at multiples
    of CHUNK and after each of the steps `stops`. The ends do not change a bit of the result, so a
    resumed run equals an uninterrupted one.
    """
    rows = len(data) // len(lrs)
    whole, by_rows = _shardings(dealt_rows(rows))
    while state.step < len(lrs):
        ends = [state.step - state.step % CHUNK + CHUNK, len(lrs), *stops]
        steps = min(end for end in ends if end > state.step) - state.step
        span = slice(state.step * rows, (state.step + steps) * rows)
        params, moments, losses = train_chunk(
            *jax.device_put((state.params, state.moments), whole),
            jax.device_put({key: _stacked(value[span], rows) for key, value in vars(data).items()}, by_rows),
            jax.device_put(_padded(lrs[state.step : state.step + steps].astype(np.float32)), whole),
            steps,
            model=model,
        )
        state = State(params, moments, state.step + steps)
        on_chunk(state, np.asarray(losses)[:steps])
    return state


def _shardings(rows: int) -> tuple[NamedSharding, NamedSharding]:
    """Each device (on a CPU: each thread) has all weights and an equal part of the rows of a
    step."""
    mesh = Mesh(np.array(training_devices(rows)), ("rows",))
    return NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec(None, "rows"))


def _stacked(array: np.ndarray, rows: int) -> np.ndarray:
    """[CHUNK, dealt rows, ...], with zeros after the last step and in empty rows, which have weight
    0."""
    steps = array.reshape(-1, rows, *array.shape[1:])
    empty = dealt_rows(rows) - rows
    return _padded(np.pad(steps, [(0, 0), (0, empty)] + [(0, 0)] * (steps.ndim - 2)))


def _padded(array: np.ndarray) -> np.ndarray:
    return np.pad(array, [(0, CHUNK - len(array))] + [(0, 0)] * (array.ndim - 1))


def learning_rates(peak: float, steps: int, warmup: int, decay_from: float, last: float = 0.1) -> np.ndarray:
    """Linear warm-up, constant, then from the share `decay_from` linear decay to `last` of the
    peak."""
    at = np.arange(steps)
    up = np.minimum(1.0, (at + 1) / max(1, min(warmup, steps // 4)))
    begin = decay_from * steps
    down = 1.0 - (1.0 - last) * np.clip((at - begin) / max(1.0, steps - begin), 0.0, 1.0)
    return (peak * up * down).astype(np.float32)
