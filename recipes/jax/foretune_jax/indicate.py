"""Stage `indicate`: every indicator (indicators/) of a checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run
from foretune_protocol.tables import Row

from .checkpoint import read_weights
from .config import Indicate
from .corpus import Corpus, open_corpus
from .items import DATA_SEED
from .model import Params
from .registry import indicators

Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Subject:
    """What the indicators measure."""

    params: Params
    config: Indicate
    corpus: Corpus


def indicate(run: Run) -> Made:
    config = Indicate.read(run.config)
    params, _ = read_weights(run.input_path(), config.model)
    subject = Subject(params, config, open_corpus(run.cache_dir, DATA_SEED, config.model.vocabulary))
    tables: dict[str, list[Row]] = {"indicators": [], "samples": []}
    modules = indicators()
    for done, module in enumerate(modules.values(), 1):
        for table, rows in module.measure(subject).items():
            tables[table] += rows
        run.progress.report(done, len(modules))
    return Made(tables)
