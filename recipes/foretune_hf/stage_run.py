"""What a stage is given."""

from dataclasses import dataclass
from pathlib import Path

from foretune_recipes import stage_run


@dataclass(frozen=True)
class StageRun(stage_run.StageRun):
    """One run of a job. `input` is the model folder it starts from."""

    @property
    def model(self) -> Path:
        """Where the run leaves its weights."""
        return self.folder / "model"

    @property
    def rows_dir(self) -> Path:
        """Where tokenised text is kept for all jobs."""
        return self.cache_dir / "hf"
