"""`--check <file>`: finds what a study asks for that the recipe cannot do, before anything runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """A run that is to be done."""

    stage: str
    config: Json
    # The study's `model`, as it is given to stages whose schema names it.
    model: Any = None
    # Address (file://, s3:// or hf://) of the registered checkpoint that it is made from, if it is.
    checkpoint: str | None = None
    # Whether its job sees the files and the environment of this machine.
    here: bool = True


Check = Callable[[Planned], Iterable[str] | None]
"""The sentences that say what cannot be done. May raise ValueError instead, for one of them."""


def problems(study: Mapping[str, Any], check: Check) -> list[str]:
    """Of the runs of a study, as the file has them: each problem once, with the first run that has it."""
    found: dict[str, list[str]] = {}
    for run in study["runs"]:
        facts = {name: run[name] for name in ("checkpoint", "here") if name in run}
        planned = Planned(run["stage"], run["config"], study.get("model"), **facts)
        for message in _messages(check, planned):
            found.setdefault(message, []).append(run["run_id"])
    return [f"{runs[0]}{_others(len(runs) - 1)}: {message}" for message, runs in found.items()]


def _messages(check: Check, planned: Planned) -> Iterator[str]:
    try:
        yield from check(planned) or ()
    except ValueError as error:
        yield str(error)


def _others(count: int) -> str:
    return f" (and {count} more)" if count else ""
