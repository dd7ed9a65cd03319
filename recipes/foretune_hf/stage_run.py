"""What a stage is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foretune_recipes.progress import Progress


@dataclass(frozen=True)
class StageRun:
    """One run of a job. `folder` is the run's own; `input` is the model folder it starts from."""

    run_id: str
    stage: str
    config: Mapping[str, Any]
    seed: int
    input: Path | None
    folder: Path
    cache_dir: Path
    progress: Progress

    @property
    def model(self) -> Path:
        """Where the run leaves its weights."""
        return self.folder / "model"

    def required_input(self) -> Path:
        if self.input is None:
            raise ValueError(f'Run "{self.run_id}" of stage {self.stage} needs a checkpoint to start from.')
        return self.input
