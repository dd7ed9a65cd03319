"""The contract between foretune and a trainer, for trainers in Python: docs/reference/recipes.md.

    from foretune_protocol import Made, describe, main

Reads the job, writes rows, progress, checkpoints and result.json. Nothing here needs more than pyarrow, and
pyarrow only where a table is written.
"""

from .attempts import Json, Made
from .branch import Branch, FineTuning
from .checkpoints import checkpoint, hub_name, local_path
from .checks import Planned
from .config import Config, option
from .manifest import describe
from .notice import Notice
from .program import main
from .run import Run
from .tables import indicator

__all__ = [
    "Branch",
    "Config",
    "FineTuning",
    "Json",
    "Made",
    "Notice",
    "Planned",
    "Run",
    "checkpoint",
    "describe",
    "hub_name",
    "indicator",
    "local_path",
    "main",
    "option",
]
