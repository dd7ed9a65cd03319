"""Whether data sets are there, and have the columns that a study names."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .config import DataSet, Dialogues, Source
from .hub import answers
from .places import READERS, data_folder, local_or_hub

TIMEOUT_SECONDS = 10


@cache
def text_problems(source: Source) -> list[str]:
    def read_one() -> None:
        from .datasets_read import texts

        if next(texts(source, None), None) is None:
            raise ValueError(f'"{source.dataset}" has no rows.')

    return list(_problems(source, read_one))


@cache
def dialogue_problems(data: Dialogues) -> list[str]:
    def read_one() -> None:
        from .dialogues import dialogues

        dialogues(data, 1)

    return list(_problems(data, read_one))


def _problems(source: DataSet, read_one: Callable[[], None]) -> Iterator[str]:
    place = local_or_hub(source.dataset)
    if not Path(place).is_absolute():
        yield from _missing(place, source.revision)
        return
    if Path(place).is_file() and Path(place).suffix not in READERS:
        yield f'"{source.dataset}" is not a file of type {", ".join(READERS)}.'
        return
    if find_spec("datasets"):
        try:
            read_one()
        except Exception as error:  # Ours are plain; those of the readers are of many kinds.
            first = str(error).strip().split("\n")[0]
            yield first if type(error) is ValueError else f'"{source.dataset}" cannot be read: {first}'


@cache
def _missing(name: str, revision: str | None) -> list[str]:
    """A name that the data folder does not have."""
    if Path(name).suffix in READERS:
        return [
            f'There is no file "{name}" in the data folder ({data_folder() or "none"}; FORETUNE_HF_DATA).'
        ]
    if find_spec("huggingface_hub") is None or not answers():
        return []
    from huggingface_hub import HfApi, errors

    try:
        HfApi().dataset_info(name, revision=revision, timeout=TIMEOUT_SECONDS)
    except errors.RevisionNotFoundError:
        return [f'The hub has the data set "{name}", but no revision "{revision}" of it.']
    except errors.RepositoryNotFoundError:
        where = f"neither in the data folder (FORETUNE_HF_DATA: {_folder()}) nor on the hub"
        return [f'There is no data set "{name}", {where}, or it is private.']
    except Exception:  # The hub does not answer: the job may run where it does.
        return []
    return []


def _folder() -> str:
    return str(data_folder() or "not set")
