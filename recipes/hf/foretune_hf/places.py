"""Where a name of the study is: below the data folder, or on the Hugging Face hub.

Studies name models and data without paths, so that they mean the same on a laptop and on a cluster.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from foretune_protocol.checkpoints import hub_name, local_path
from foretune_protocol.run import Run

from .config import Checkpoint

VARIABLE = "FORETUNE_HF_DATA"
TASKS = "tasks"
# Files of data, and how the library datasets calls their formats.
READERS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv", ".txt": "text"}


@dataclass(frozen=True)
class Place:
    """A model as transformers loads it: a folder, or a name of the hub with its revision."""

    name: str
    revision: str | None = None

    @property
    def folder(self) -> Path | None:
        return Path(self.name) if Path(self.name).is_dir() else None


def start_of(run: Run) -> Place:
    """The checkpoint that a run starts from. Raises FileNotFoundError if it is not a folder."""
    place = start_at(run.required_input())
    path = Path(place.name)
    if place.revision is None and not path.is_dir():
        found_there = "a file" if path.exists() else "nothing"
        raise FileNotFoundError(
            f'There is no model folder at "{path}" but {found_there}: expected config.json, the tokenizer '
            "and safetensors weights, as transformers saves them."
        )
    return place


def start_at(uri: str) -> Place:
    """Of a file:// or hf:// address."""
    if found := hub_name(uri):
        return Place(*found)
    return Place(str(local_path(uri)))


def model_named(model: Checkpoint) -> Place:
    return Place(local_or_hub(model.checkpoint), model.revision)


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
