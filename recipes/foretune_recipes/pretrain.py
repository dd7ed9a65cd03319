"""Stage `pretrain`: trains from scratch or from the base, resuming bit by bit after an interruption."""

import numpy as np

from .checkpoint import NOTHING, Cost, read_arrays, read_weights, write_arrays, write_weights
from .config import Model, Pretrain
from .corpus import Corpus
from .model import init_params, training_flops
from .objectives import Batch, apply_objective, elementary, row_length
from .optimiser_state import pack_state, unpack_state
from .rows import read_rows
from .run import RunContext, RunOutput
from .seeds import generator
from .text import DOMAINS
from .train import CHUNK, State, learning_rates, new_state, train

# Tokens a step. From scratch small steps teach more a token; a variant's are larger, since span
# corruption asks for few tokens of a row and its gradient is noisy.
BASE_STEP_TOKENS = 512
STEP_TOKENS = 1024
WARMUP_STEPS = 30
DECAY_FROM = 0.5
CHECKPOINT_STEPS = 4 * CHUNK
CURVE_STEPS = 10
BASE_VARIANT = "base"


def pretrain(context: RunContext) -> RunOutput:
    config = Pretrain.read(dict(context.config))
    model = config.model
    is_base = context.variant_id == BASE_VARIANT
    rows = max(1, (BASE_STEP_TOKENS if is_base else STEP_TOKENS) // model.context)
    steps = max(1, round(config.train_tokens / (rows * model.context)))
    data = training_data(context, config, rows * steps)
    params, cost = _start(context, config)
    state, losses = _resume(context, new_state(params))
    # The shared base keeps its rate: what continues it brings the decay.
    decay_from = 1.0 if is_base else DECAY_FROM
    lrs = learning_rates(config.lr, steps, WARMUP_STEPS, decay_from)

    def on_chunk(state: State, found: np.ndarray) -> None:
        losses.extend(float(loss) for loss in found)
        context.progress.report(state.step, steps, losses[-1])
        if state.step % CHECKPOINT_STEPS == 0 and state.step < steps:
            write_arrays(_partial(context), pack_state(state), {"step": state.step, "losses": losses})

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


# ---- Data ----------------------------------------------------------------------------------


def training_data(context: RunContext, config: Pretrain, rows: int) -> Batch:
    """All rows of the run, domains and objectives in exact proportion, in random order."""
    corpus = context.corpus(config.model)
    parts = elementary(config.objectives)
    volumes = 1 if context.variant_id == BASE_VARIANT else 2
    batches = []
    for objective, share in zip(parts, _quotas([1.0] * len(parts), rows), strict=True):
        for domain, count in _domain_counts(config.mixture, share):
            rng = generator("rows", context.seed, context.variant_id, objective, domain)
            batches += _domain_rows(corpus, config.model, domain, objective, count, volumes, rng)
    order = generator("order", context.seed, context.variant_id).permutation(rows)
    return concatenate(batches).take(order)


def _domain_rows(
    corpus: Corpus,
    model: Model,
    domain: str,
    objective: str,
    count: int,
    volumes: int,
    rng: np.random.Generator,
) -> list[Batch]:
    if count == 0:
        return []
    length = row_length(objective, model.context)
    rows = read_rows(corpus.pool(domain, "train", count * length, volumes), length, count, rng)
    return [apply_objective(objective, rows, model.context, rng)]


def _domain_counts(mixture: dict[str, float], rows: int) -> list[tuple[str, int]]:
    """In an order of our own: a mixture is the same however its domains are listed."""
    unknown = sorted(mixture.keys() - set(DOMAINS))
    if unknown:
        raise ValueError(f"There are no domains {unknown}; known: {', '.join(DOMAINS)}.")
    domains = [domain for domain in DOMAINS if domain in mixture]
    return list(zip(domains, _quotas([mixture[domain] for domain in domains], rows), strict=True))


def _quotas(weights: list[float], total: int) -> list[int]:
    """`total` in proportion to the weights, by largest remainders."""
    exact = np.array(weights) / sum(weights) * total
    counts = np.floor(exact).astype(int)
    for i in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[i] += 1
    return [int(count) for count in counts]


def concatenate(batches: list[Batch]) -> Batch:
    names = ("inputs", "targets", "weights", "prefix")
    return Batch(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in names))
