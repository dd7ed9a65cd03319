"""What a stage is given."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from . import processes
from .checkpoints import local_path
from .progress import Progress


@dataclass(frozen=True)
class Run:
    """One run of a job. `folder` is its own and survives attempts: what resuming needs is kept there.

    `input` is the address of the checkpoint that it starts from: `file://` (a file or folder) or, for recipes
    that read the Hugging Face hub, `hf://<owner/name>@<revision>`.
    """

    run_id: str
    variant_id: str
    stage: str
    config: Mapping[str, Any]
    input: str | None
    folder: Path
    cache_dir: Path
    progress: Progress

    @classmethod
    def of(cls, job: Mapping[str, Any], run: Mapping[str, Any], folder: Path, start: str | None) -> Self:
        """Of several processes only the first reports progress."""
        log = Path(job["work_dir"]) / "progress.jsonl" if processes.is_first() else Path(os.devnull)
        return cls(
            run_id=run["run_id"],
            variant_id=run["variant_id"],
            stage=run["stage"],
            config=run["config"],
            input=start,
            folder=folder,
            cache_dir=Path(job["cache_dir"]),
            progress=Progress(log, run["run_id"]),
        )

    def required_input(self) -> str:
        if self.input is None:
            raise ValueError(f'Run "{self.run_id}" of stage {self.stage} needs a checkpoint to start from.')
        return self.input

    def input_path(self) -> Path:
        """Raises ValueError where there is no checkpoint, or none on this machine."""
        return local_path(self.required_input())
