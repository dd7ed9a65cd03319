"""What a stage is given and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .config import Model
from .corpus import Corpus, open_corpus
from .cost import Cost
from .seeds import DATA_SEED
from .stage_run import StageRun
from .tables import Row


@dataclass(frozen=True)
class RunContext(StageRun):
    def corpus(self, model: Model) -> Corpus:
        return open_corpus(self.cache_dir, DATA_SEED, model.vocabulary)

    @property
    def weights(self) -> Path:
        return self.folder / "weights.safetensors"


@dataclass(frozen=True)
class RunOutput:
    """Rows by table, and the cost of the weights if the stage wrote any."""

    tables: Mapping[str, Sequence[Row]]
    model: Model | None = None
    cost: Cost | None = field(default=None)
