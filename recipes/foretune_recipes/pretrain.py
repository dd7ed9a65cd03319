"""Stage `pretrain`: trains from scratch or from the base, resuming bit by bit after an interruption."""

from dataclasses import dataclass

import numpy as np

from .checkpoint import read_arrays, read_weights, write_arrays, write_weights
from .config import Pretrain
from .cost import NOTHING, Cost
from .distributed import any_process, wait_for_all
from .model import init_params, training_flops
from .notice import Notice
from .optimiser_state import pack_state, unpack_state
from .run import RunContext, RunOutput
from .seeds import generator
from .train import CHUNK, State, learning_rates, new_state, train
from .training_data import BASE_VARIANT, training_data

WARMUP_STEPS = 30


@dataclass(frozen=True)
class Schedule:
    """`decay_from`: the share of the steps after which the rate falls, to `last` of its peak."""

    step_tokens: int
    decay_from: float
    last: float


# From scratch small steps teach more a token. The base ends at a low rate: one that kept its rate
# differed by .05 to .1 in every later score from seed to seed.
BASE_SCHEDULE = Schedule(1024, 0.5, 0.1)
# Span corruption asks for few tokens of a row: its gradient is noisy and wants larger steps and a long decay.
VARIANT_SCHEDULE = Schedule(2048, 0.0, 0.0)
CHECKPOINT_STEPS = 4 * CHUNK
CURVE_STEPS = 10


def pretrain(context: RunContext) -> RunOutput:
    config = Pretrain.read(dict(context.config))
    model = config.model
    schedule = BASE_SCHEDULE if context.variant_id == BASE_VARIANT else VARIANT_SCHEDULE
    rows = max(1, schedule.step_tokens // model.context)
    steps = max(1, round(config.train_tokens / (rows * model.context)))
    data = training_data(context, config, rows * steps)
    params, cost = _start(context, config)
    state, losses = _resume(context, new_state(params))
    lrs = learning_rates(config.lr, steps, WARMUP_STEPS, schedule.decay_from, schedule.last)

    def on_chunk(state: State, found: np.ndarray) -> None:
        losses.extend(float(loss) for loss in found)
        context.progress.report(state.step, steps, losses[-1])
        told = any_process(notice.given)
        if told or (state.step % CHECKPOINT_STEPS == 0 and state.step < steps):
            write_arrays(_partial(context), pack_state(state), {"step": state.step, "losses": losses})
        if told:
            wait_for_all("checkpoint")
            notice.obey(state.step)

    with Notice() as notice:
        state = train(model, state, data, lrs, on_chunk)
    tokens = steps * rows * model.context
    total = cost.plus(steps, tokens, training_flops(model, tokens))
    write_weights(context.weights, state.params, model, total)
    _partial(context).unlink(missing_ok=True)
    return RunOutput({"curves": curve_rows(losses, cost, rows * model.context, lrs)}, model, total)


def _start(context: RunContext, config: Pretrain):
    if context.input is not None:
        return read_weights(context.input, config.model)
    rng = generator("weights", context.seed, context.variant_id)
    return init_params(config.model, rng), NOTHING


def _partial(context: RunContext):
    return context.folder / "partial.safetensors"


def _resume(context: RunContext, fresh: State) -> tuple[State, list[float]]:
    if not _partial(context).exists():
        return fresh, []
    arrays, facts = read_arrays(_partial(context))
    return unpack_state(arrays, fresh, facts["step"]), facts["losses"]


def curve_rows(losses: list[float], before: Cost, step_tokens: int, lrs: np.ndarray) -> list[dict]:
    """The mean loss of every CURVE_STEPS steps and the learning rate at their end."""
    rows = []
    for begin in range(0, len(losses), CURVE_STEPS):
        part = losses[begin : begin + CURVE_STEPS]
        step = begin + len(part)
        at = {"step": step, "tokens": float(before.tokens + step * step_tokens), "domain": None}
        rows.append({**at, "metric": "train_loss", "value": float(np.mean(part))})
        rows.append({**at, "metric": "lr", "value": float(lrs[step - 1])})
    return rows
