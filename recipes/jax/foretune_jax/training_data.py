"""The data of a pre-training run: rows of every domain and objective in exact proportion."""

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
    # Seeded by volume, so that a variant does not begin where a base of the same seed began.
    rng = generator("rows", config.seed, config.volume, part.name, domain)
    length = part.row_length(config.model.context)
    pool = training_pool(corpus, config, domain, count * length)
    return part.apply(read_rows(pool, length, count, rng), config.model.context, rng)


def _domain_counts(mixture: dict[str, float], rows: int) -> list[tuple[str, int]]:
    """Sorted by name, so that the order of a mixture's domains does not matter."""
    names = sorted(mixture)
    for name in names:
        named(domains(), "text domain", name)
    return list(zip(names, quotas([mixture[name] for name in names], rows), strict=True))


def quotas(weights: list[float], total: int) -> list[int]:
    """Divides `total` in proportion to the weights, by the largest remainders."""
    exact = np.array(weights) / sum(weights) * total
    counts = np.floor(exact).astype(int)
    for i in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[i] += 1
    return [int(count) for count in counts]
