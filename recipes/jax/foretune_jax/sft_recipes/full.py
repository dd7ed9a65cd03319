"""Every weight is trained."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..sft import Tuning
    from ..train import State

LABEL = "Full fine-tuning"


def fine_tune(tuning: "Tuning") -> "State":
    from ..train import new_state, train

    return train(tuning.model, new_state(tuning.params), tuning.data, tuning.lrs, tuning.on_chunk)
