"""Full fine-tuning, then a mean of the weights before and after: WiSE-FT (arXiv 2109.01903, section
3)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from foretune_protocol.config import Config, option

from . import full

if TYPE_CHECKING:
    from ..sft import Tuning
    from ..train import State

LABEL = "WiSE-FT: interpolated weights"


class Fields(Config):
    tuned_share: float = option("Share of the fine-tuned weights", minimum=0, maximum=1, default=0.5)


def fine_tune(tuning: "Tuning") -> "State":
    import numpy as np

    share = tuning.own.tuned_share
    # Training overwrites the memory of the weights that it gets.
    before = {name: np.array(value) for name, value in tuning.params.items()}
    state = full.fine_tune(tuning)
    mixed = {name: (1 - share) * before[name] + share * value for name, value in state.params.items()}
    return replace(state, params=mixed)
