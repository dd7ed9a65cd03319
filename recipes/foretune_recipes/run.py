"""What a stage is given and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .checkpoint import Cost
from .config import Model
from .corpus import Corpus, open_corpus
from .progress import Progress
from .seeds import DATA_SEED
from .tables import Row


@dataclass(frozen=True)
class RunContext:
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

    def corpus(self, model: Model) -> Corpus:
        return open_corpus(self.cache_dir, DATA_SEED, model.vocabulary)

    @property
    def weights(self) -> Path:
        return self.folder / "weights.safetensors"

    def required_input(self) -> Path:
        if self.input is None:
            raise ValueError(f'Run "{self.run_id}" of stage {self.stage} needs a checkpoint to start from.')
        return self.input


@dataclass(frozen=True)
class RunOutput:
    """Rows by table, and the cost of the weights if the stage wrote any."""

    tables: Mapping[str, Sequence[Row]]
    model: Model | None = None
    cost: Cost | None = field(default=None)
