"""Checkpoints: where they are, and how result.json describes them."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

HUB = re.compile(r"hf://(?P<name>[^/@]+(/[^/@]+)?)@(?P<revision>.+)")


def local_path(uri: str) -> Path:
    """Of a file:// address, which may name a file or a folder; other schemes are refused."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f'Cannot read the checkpoint "{uri}": this recipe reads file:// addresses.')
    return Path(unquote(parts.path))


def hub_name(uri: str) -> tuple[str, str] | None:
    """Name and revision of `hf://<owner/name>@<revision>`, or None for another address."""
    found = HUB.fullmatch(uri)
    return (found["name"], found["revision"]) if found else None


def checkpoint(
    path: Path,
    *,
    step: int,
    tokens: int,
    flops: float = 0.0,
    parameters: int = 0,
    active_parameters: int | None = None,
    sha256: str | None = None,
) -> dict[str, Any]:
    """A file or folder of weights as result.json describes it. `sha256`: its digest, where that is not of all
    files.

    Counts are totals: the checkpoint that the run started from is included.
    """
    return {
        "step": step,
        "tokens": tokens,
        "flops": flops,
        "parameters": parameters,
        "active_parameters": parameters if active_parameters is None else active_parameters,
        "uri": path.resolve().as_uri(),
        "sha256": sha256 or digest(path),
    }


def digest(path: Path) -> str:
    """Of a file; of a folder: of the lines `<sha256>  <name>` that sha256sum prints of its files, by name."""
    if path.is_file():
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    files = sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())
    if not files:
        raise FileNotFoundError(f'There is no checkpoint at "{path}": expected a file, or a folder of files.')
    return listed_digest(path, files)


def listed_digest(folder: Path, names: Iterable[str]) -> str:
    """Of the lines that sha256sum prints of these files of a folder."""
    lines = "".join(f"{digest(folder / name)}  {name}\n" for name in names)
    return hashlib.sha256(lines.encode()).hexdigest()
