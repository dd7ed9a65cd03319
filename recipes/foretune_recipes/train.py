"""The training loop of pre-training and fine-tuning: AdamW over chunks of steps, compiled once.

A chunk is a compiled loop over up to `CHUNK` steps whose number and learning rates are arguments, so
that runs of any length and rate share one program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .batch import Batch
from .config import Model
from .model import Params, hidden_states

CHUNK = 50
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0
OPTIMISER = optax.chain(
    optax.clip_by_global_norm(CLIP_NORM),
    optax.scale_by_adam(b1=0.9, b2=0.98),
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
    """`batches`: arrays [CHUNK, rows, ...]; returns params, moments and each step's loss [CHUNK]."""

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
) -> State:
    """Runs from `state.step` to the end of `lrs`; step i takes the i-th of equal parts of `data`.

    `on_chunk` gets the state after each chunk and the losses of its steps. Chunks end at multiples of
    CHUNK, so that a resumed run repeats the uninterrupted one bit by bit.
    """
    rows = len(data) // len(lrs)
    while state.step < len(lrs):
        steps = min(CHUNK - state.step % CHUNK, len(lrs) - state.step)
        chunk = data.take(slice(state.step * rows, (state.step + steps) * rows))
        params, moments, losses = train_chunk(
            state.params,
            state.moments,
            _stacked(chunk, rows),
            _padded(lrs[state.step : state.step + steps].astype(np.float32)),
            steps,
            model=model,
        )
        state = State(params, moments, state.step + steps)
        on_chunk(state, np.asarray(losses)[:steps])
    return state


def _stacked(chunk: Batch, rows: int) -> dict[str, np.ndarray]:
    """[CHUNK, rows, ...], zeros behind the last step."""
    arrays = vars(chunk)
    return {key: _padded(value.reshape(-1, rows, *value.shape[1:])) for key, value in arrays.items()}


def _padded(array: np.ndarray) -> np.ndarray:
    return np.pad(array, [(0, CHUNK - len(array))] + [(0, 0)] * (array.ndim - 1))


def learning_rates(peak: float, steps: int, warmup: int, decay_from: float, last: float = 0.1) -> np.ndarray:
    """Linear warm-up, constant, then linear decay to `last` of the peak from the share `decay_from` on."""
    at = np.arange(steps)
    up = np.minimum(1.0, (at + 1) / max(1, min(warmup, steps // 4)))
    begin = decay_from * steps
    down = 1.0 - (1.0 - last) * np.clip((at - begin) / max(1.0, steps - begin), 0.0, 1.0)
    return (peak * up * down).astype(np.float32)
