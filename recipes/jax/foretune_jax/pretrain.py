"""Stage `pretrain`: trains from scratch or from the base, resuming bit by bit after an
interruption."""

from pathlib import Path

import numpy as np

from foretune_measures.seeds import generator
from foretune_protocol.attempts import Made
from foretune_protocol.cost import NOTHING, Cost
from foretune_protocol.notice import Notice
from foretune_protocol.run import Run

from .checkpoint import (
    describe,
    earlier_path,
    published,
    read_arrays,
    read_weights,
    write_arrays,
    write_weights,
)
from .config import Pretrain
from .corpus import open_corpus
from .curves import loss_rows, rate_rows, refuse_divergence
from .distributed import any_process, wait_for_all
from .items import DATA_SEED
from .model import Params, init_params, training_flops
from .optimiser_state import pack_state, unpack_state
from .train import CHUNK, State, learning_rates, new_state, train
from .training_data import training_data

CHECKPOINT_STEPS = 4 * CHUNK


def pretrain(run: Run) -> Made:
    config = Pretrain.read(run.config)
    model = config.model
    rows, steps = config.rows, config.steps
    corpus = open_corpus(run.cache_dir, DATA_SEED, model.vocabulary)
    data = training_data(corpus, config, rows * steps)
    params, cost = _start(run, config)
    state, losses = _resume(run, new_state(params))
    lrs = learning_rates(config.lr, steps, config.warmup_steps, config.decay_from, config.decay_to)

    step_tokens = rows * model.context

    def cost_at(step: int) -> Cost:
        return cost.plus(step, step * step_tokens, training_flops(model, step * step_tokens))

    def on_chunk(state: State, found: np.ndarray) -> None:
        losses.extend(float(loss) for loss in found)
        refuse_divergence(losses)
        run.progress.report(state.step, steps, losses[-1])
        if state.step in config.checkpoint_steps:
            write_weights(earlier_path(run, state.step), state.params, model, cost_at(state.step))
        ending = any_process(notice.given)
        if ending or (state.step % CHECKPOINT_STEPS == 0 and state.step < steps):
            write_arrays(_partial(run), pack_state(state), {"step": state.step, "losses": losses})
        if ending:
            wait_for_all("checkpoint")
            notice.obey(state.step)

    with Notice() as notice:
        state = train(model, state, data, lrs, on_chunk, stops=config.checkpoint_steps)
    made = published(run, state.params, model, cost_at(steps))
    _partial(run).unlink(missing_ok=True)
    at = (cost.tokens, step_tokens)
    curves = [*loss_rows(losses, *at), *rate_rows(lrs, *at)]
    earlier = {
        step: describe(earlier_path(run, step), model, cost_at(step)) for step in config.checkpoint_steps
    }
    return Made({"curves": curves}, made, earlier)


def _start(run: Run, config: Pretrain) -> tuple[Params, Cost]:
    if run.input is not None:
        return read_weights(run.input_path(), config.model)
    return init_params(config.model, generator("weights", config.seed)), NOTHING


def _partial(run: Run) -> Path:
    return run.folder / "partial.safetensors"


def _resume(run: Run, fresh: State) -> tuple[State, list[float]]:
    if not _partial(run).exists():
        return fresh, []
    arrays, facts = read_arrays(_partial(run))
    return unpack_state(arrays, fresh, facts["step"]), facts["losses"]
