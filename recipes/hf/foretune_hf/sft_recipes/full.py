"""Every weight is trained."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..places import Place

LABEL = "Full fine-tuning"
FLOPS_PER_WEIGHT = 6.0


def trainer_options(_: None) -> dict[str, Any]:
    return {}


def complete(start: "Place", made: Path) -> None:
    """What was trained is the whole model already."""
