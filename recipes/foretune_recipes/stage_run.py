"""What a stage of a recipe of ours is given. Free of JAX and torch."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from . import processes
from .progress import Progress


@dataclass(frozen=True)
class StageRun:
    """One run of a job. `folder` is the run's own; `input` is the checkpoint it starts from."""

    run_id: str
    variant_id: str
    stage: str
    config: Mapping[str, Any]
    seed: int
    input: Path | None
    folder: Path
    cache_dir: Path
    progress: Progress

    @classmethod
    def of(cls, job: Mapping[str, Any], run: Mapping[str, Any], folder: Path, start: Path | None) -> Self:
        """Of several processes the first alone tells how far it is."""
        log = Path(job["work_dir"]) / "progress.jsonl" if processes.is_first() else Path(os.devnull)
        return cls(
            run_id=run["run_id"],
            variant_id=run["variant_id"],
            stage=run["stage"],
            config=run["config"],
            seed=job["seed"],
            input=start,
            folder=folder,
            cache_dir=Path(job["cache_dir"]),
            progress=Progress(log, run["run_id"]),
        )

    def required_input(self) -> Path:
        if self.input is None:
            raise ValueError(f'Run "{self.run_id}" of stage {self.stage} needs a checkpoint to start from.')
        return self.input
