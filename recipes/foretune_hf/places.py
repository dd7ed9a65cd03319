"""Where a name of the study lies: below the data folder, or on the Hugging Face hub.

Studies name models and data without paths, so that they mean the same on a laptop and on a cluster.
"""

import os
from pathlib import Path

VARIABLE = "FORETUNE_HF_DATA"
TASKS = "tasks"


def data_folder() -> Path | None:
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None


def local_or_hub(name: str) -> str:
    """A path when the data folder has it, else the name itself, which the hub may know."""
    folder = data_folder()
    if folder is not None and (folder / name).exists():
        return str((folder / name).resolve())
    return name


def own_tasks() -> Path | None:
    """The folder of YAML tasks for lm-evaluation-harness."""
    folder = data_folder()
    return folder / TASKS if folder is not None and (folder / TASKS).is_dir() else None
