"""Stage `sft`: fine-tuning on one task with the loss on the answers only, by one of
sft_recipes/."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foretune_measures.seeds import generator
from foretune_protocol.attempts import Made
from foretune_protocol.config import Config
from foretune_protocol.run import Run

from .batch import Batch
from .checkpoint import published, read_weights
from .config import Model, Sft
from .corpus import open_corpus
from .curves import loss_rows, refuse_divergence
from .items import DATA_SEED, items
from .model import Params, training_flops
from .registry import named, sft_recipes
from .scoring import answer_batch
from .train import State, learning_rates


@dataclass(frozen=True)
class Tuning:
    """The input of an SFT recipe. `own`: the settings that it declares as `Fields`, or None."""

    model: Model
    params: Params
    data: Batch
    lrs: np.ndarray
    on_chunk: Callable[[State, np.ndarray], None]
    own: Config | None


def sft(run: Run) -> Made:
    recipe = named(sft_recipes(), "SFT recipe", run.config.get("sft_recipe", ""))
    config, own = Sft.read_with(getattr(recipe, "Fields", None), run.config)
    model = config.model
    params, cost = read_weights(run.input_path(), model)
    data = sft_data(run.cache_dir, config)
    lrs = learning_rates(config.lr, config.steps, config.warmup_steps, 0.0)
    losses: list[float] = []

    def on_chunk(state: State, found: np.ndarray) -> None:
        losses.extend(float(loss) for loss in found)
        refuse_divergence(losses)
        run.progress.report(state.step, config.steps, losses[-1])

    state = recipe.fine_tune(Tuning(model, params, data, lrs, on_chunk, own))
    tokens = int((data.inputs != 0).sum())
    total = cost.plus(config.steps, tokens, training_flops(model, tokens))
    rows = loss_rows(losses, cost.tokens, tokens / config.steps)
    return Made({"curves": rows}, published(run, state.params, model, total))


def sft_data(cache_dir: Path, config: Sft) -> Batch:
    """Batches over the shuffled training items, reshuffled each epoch by the fine-tuning seed.

    Rows are as long as in pre-training, so that the same compiled program is used: compiling would
    take longer.
    """
    corpus = open_corpus(cache_dir, DATA_SEED, config.model.vocabulary)
    made = items(config.task, corpus.world, "train", config.train_items, corpus.seed)
    batch = answer_batch(
        corpus.tokenizer,
        [item.prompt for item in made],
        [item.answer for item in made],
        config.model.context,
        whole=True,
    )
    rng = generator("sft", config.task, config.sft_seed)
    needed = config.steps * config.batch
    epochs = [rng.permutation(len(batch)) for _ in range(-(-needed // len(batch)))]
    return batch.take(np.concatenate(epochs)[:needed])
