"""Where a run leaves its weights, and jobs their text."""

from pathlib import Path

from foretune_protocol.run import Run


def model_folder(run: Run) -> Path:
    return run.folder / "model"


def rows_dir(run: Run) -> Path:
    """Where tokenised text is kept for all jobs."""
    return run.cache_dir / "hf"
