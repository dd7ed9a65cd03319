"""Which spans of a text are hidden for span corruption (arXiv 1910.10683, 3.3.4)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Corruption:
    """Share of the tokens that is hidden, mean length of a hidden span, and the token of its mode
    or None.

    A text too short for spans of that length hides one span, whose length follows from the
    density; a text with more spans than there are sentinels hides longer ones.
    """

    density: float
    mean_span: float
    mode: int | None = None


def noise_counts(corruption: Corruption, length: int, sentinels: int) -> tuple[int, int]:
    """How many tokens of a text of `length` (3 or more) are hidden, in how many spans."""
    noise = min(max(round(length * corruption.density), 1), length - 2)
    spans = min(max(round(noise / corruption.mean_span), 1), sentinels, length - noise)
    return noise, spans


def noise_mask(length: int, noise: int, spans: int, rng: "np.random.Generator") -> "np.ndarray":
    """bool [length]: kept and hidden segments in turn, cut at random as in T5's
    `random_spans_noise_mask`.

    T5's cut always ends with a hidden segment. With a single span, that would be prefix LM
    with a fixed prefix, so a single span is placed anywhere between two kept tokens.
    """
    import numpy as np

    if spans == 1:
        begin = rng.integers(1, length - noise)
        at = np.arange(length)
        return (at >= begin) & (at < begin + noise)
    hidden = _random_parts(noise, spans, rng)
    kept = _random_parts(length - noise, spans, rng)
    lengths = np.stack([kept, hidden], axis=1).reshape(-1)
    return np.repeat(np.arange(2 * spans) % 2 == 1, lengths)


def _random_parts(total: int, parts: int, rng: "np.random.Generator") -> "np.ndarray":
    """`total` as a sum of `parts` positive numbers; all such sums are equally likely."""
    import numpy as np

    cuts = np.sort(rng.choice(total - 1, parts - 1, replace=False)) + 1
    return np.diff(np.concatenate([[0], cuts, [total]]))
