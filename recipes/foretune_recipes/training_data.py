"""What a pre-training run reads: rows of every domain and objective in exact proportion."""

import numpy as np

from .batch import Batch, concatenate
from .config import Pretrain
from .domains import DOMAINS
from .interventions import training_pool
from .objectives import apply_objective, elementary, row_length
from .rows import read_rows
from .run import RunContext
from .seeds import generator

BASE_VARIANT = "base"


def training_data(context: RunContext, config: Pretrain, rows: int) -> Batch:
    """All rows of the run, in random order."""
    parts = elementary(config.objectives)
    batches = [
        _part(context, config, part, domain, count)
        for part, share in zip(parts, quotas(list(parts.values()), rows), strict=True)
        for domain, count in _domain_counts(config.mixture, share)
        if count
    ]
    order = generator("order", context.seed, context.variant_id).permutation(rows)
    return concatenate(batches).take(order)


def _part(context: RunContext, config: Pretrain, part: str, domain: str, count: int) -> Batch:
    rng = generator("rows", context.seed, context.variant_id, part, domain)
    volume = 1 if context.variant_id == BASE_VARIANT else 2
    length = row_length(part, config.model.context)
    pool = training_pool(context.corpus(config.model), config, domain, count * length, volume)
    return apply_objective(part, read_rows(pool, length, count, rng), config.model.context, rng)


def _domain_counts(mixture: dict[str, float], rows: int) -> list[tuple[str, int]]:
    """In an order of our own: a mixture is the same however its domains are listed."""
    unknown = sorted(mixture.keys() - set(DOMAINS))
    if unknown:
        raise ValueError(f"There are no domains {unknown}; known: {', '.join(DOMAINS)}.")
    domains = [domain for domain in DOMAINS if domain in mixture]
    return list(zip(domains, quotas([mixture[domain] for domain in domains], rows), strict=True))


def quotas(weights: list[float], total: int) -> list[int]:
    """`total` in proportion to the weights, by largest remainders."""
    exact = np.array(weights) / sum(weights) * total
    counts = np.floor(exact).astype(int)
    for i in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[i] += 1
    return [int(count) for count in counts]
