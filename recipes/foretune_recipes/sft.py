"""Stage `sft`: full fine-tuning of every weight on one task, loss on the answers alone."""

import numpy as np

from .batch import Batch
from .checkpoint import read_weights, write_weights
from .config import Sft
from .model import training_flops
from .run import RunContext, RunOutput
from .scoring import answer_batch
from .seeds import generator
from .tasks import items
from .train import State, learning_rates, new_state, train

WARMUP_STEPS = 10
CURVE_STEPS = 10


def sft(context: RunContext) -> RunOutput:
    config = Sft.read(dict(context.config))
    if config.sft_recipe != "full":
        raise ValueError(f'There is no SFT recipe "{config.sft_recipe}" in this trainer; known: full.')
    model = config.model
    params, cost = read_weights(context.required_input(), model)
    data = sft_data(context, config)
    lrs = learning_rates(config.lr, config.steps, WARMUP_STEPS, 0.0)
    losses: list[float] = []

    def on_chunk(state: State, found: np.ndarray) -> None:
        losses.extend(float(loss) for loss in found)
        context.progress.report(state.step, config.steps, losses[-1])

    state = train(model, new_state(params), data, lrs, on_chunk)
    tokens = int((data.inputs != 0).sum())
    total = cost.plus(config.steps, tokens, training_flops(model, tokens))
    write_weights(context.weights, state.params, model, total)
    return RunOutput({"curves": _curve(losses, cost.tokens, tokens / config.steps)}, model, total)


def sft_data(context: RunContext, config: Sft) -> Batch:
    """Batches over the shuffled training items, reshuffled each epoch by the fine-tuning seed.

    Rows are as long as in pre-training: the same compiled program serves, and compiling costs more.
    """
    corpus = context.corpus(config.model)
    made = items(config.task, corpus.world, "train", config.train_items, corpus.seed)
    batch = answer_batch(
        corpus.tokenizer,
        [item.prompt for item in made],
        [item.answer for item in made],
        config.model.context,
        whole=True,
    )
    rng = generator("sft", context.seed, context.variant_id, config.task, config.sft_seed)
    needed = config.steps * config.batch
    epochs = [rng.permutation(len(batch)) for _ in range(-(-needed // len(batch)))]
    return batch.take(np.concatenate(epochs)[:needed])


def _curve(losses: list[float], before: int, step_tokens: float) -> list[dict]:
    rows = []
    for begin in range(0, len(losses), CURVE_STEPS):
        part = losses[begin : begin + CURVE_STEPS]
        step = begin + len(part)
        tokens = before + step * step_tokens
        rows.append(
            {
                "step": step,
                "tokens": tokens,
                "metric": "train_loss",
                "domain": None,
                "value": float(np.mean(part)),
            }
        )
    return rows
