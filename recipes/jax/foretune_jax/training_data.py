"""What a pre-training run reads: rows of every domain and objective in exact proportion."""

import numpy as np

from foretune_measures.seeds import generator

from .batch import Batch, concatenate
from .config import Pretrain
from .corpus import Corpus
from .elementary import Elementary, parts_of
from .interventions import training_pool
from .registry import domains, named
from .rows import read_rows


def training_data(corpus: Corpus, config: Pretrain, rows: int) -> Batch:
    """All rows of the run, in random order."""
    parts = parts_of(config.objectives)
    batches = [
        _part(corpus, config, part, domain, count)
        for part, share in zip(parts, quotas(list(parts.values()), rows), strict=True)
        for domain, count in _domain_counts(config.mixture, share)
        if count
    ]
    order = generator("order", config.seed, config.volume).permutation(rows)
    return concatenate(batches).take(order)


def _part(corpus: Corpus, config: Pretrain, part: Elementary, domain: str, count: int) -> Batch:
    # By volume, so that what continues a base of its own seed does not begin where the base began.
    rng = generator("rows", config.seed, config.volume, part.name, domain)
    length = part.row_length(config.model.context)
    pool = training_pool(corpus, config, domain, count * length)
    return part.apply(read_rows(pool, length, count, rng), config.model.context, rng)


def _domain_counts(mixture: dict[str, float], rows: int) -> list[tuple[str, int]]:
    """Sorted by name: a mixture is the same however its domains are listed."""
    names = sorted(mixture)
    for name in names:
        named(domains(), "text domain", name)
    return list(zip(names, quotas([mixture[name] for name in names], rows), strict=True))


def quotas(weights: list[float], total: int) -> list[int]:
    """`total` in proportion to the weights, by largest remainders."""
    exact = np.array(weights) / sum(weights) * total
    counts = np.floor(exact).astype(int)
    for i in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[i] += 1
    return [int(count) for count in counts]
