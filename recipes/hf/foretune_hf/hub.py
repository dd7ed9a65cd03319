"""Models of the Hugging Face hub: which commit a revision names. Free of torch."""

import socket
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from foretune_protocol.cache import cached

from .places import Place

CONFIG = "config.json"
# The hub's default branch, which the model's owner can move at any time.
MOVING = (None, "main")
TIMEOUT_SECONDS = 3


class Unreachable(ConnectionError):
    """The hub does not answer, and its cache on this machine does not have the model."""


def pinned(place: Place, cache_dir: Path) -> Place:
    """The same model at the commit that its revision names; a folder is left as it is.

    The commit is kept for all jobs. Raises ValueError for a revision that has moved since, for what the
    hub does not have, and for the default branch; Unreachable.
    """
    if place.folder:
        return place
    commit = commit_of(place)
    kept = cache_dir / "hf" / "commits" / quote(f"{place.name}@{place.revision}", safe="@")
    before = cached(kept, lambda to: to.write_text(commit)).read_text()
    if commit != before:
        raise ValueError(
            f'Revision "{place.revision}" of "{place.name}" was commit {before} when it was first read here, '
            f"and is {commit} now: measurements of two models would have one name. Give the commit as "
            f"`revision`, or remove {kept} if nothing was measured with the old one."
        )
    print(f'"{place.name}" at revision "{place.revision}" is commit {commit}.', flush=True)
    return Place(place.name, commit)


@cache
def answers() -> bool:
    """Whether something listens at the hub's address. huggingface_hub itself tries for half a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname, port), TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


def commit_of(place: Place, *, asks: bool = True) -> str:
    """As `config_file`; raises ValueError for the default branch too."""
    refuse_moving(place)
    return config_file(place, asks=asks).parent.name


def refuse_moving(place: Place) -> None:
    if place.revision in MOVING:
        raise ValueError(
            f'"{place.name}" is not in the data folder, and of a model of the hub the default branch may '
            "move: give its `revision`, a commit or a tag."
        )


@cache
def config_file(place: Place, *, asks: bool = True) -> Path:
    """The model's config.json, a few kilobytes, in the hub's cache: snapshots/<commit>/config.json.

    `asks`: the hub, not its cache alone. Raises ValueError for what the hub does not have; Unreachable.
    """
    from huggingface_hub import constants, errors, hf_hub_download

    of = f'model "{place.name}" at revision "{place.revision}"'
    try:
        return Path(hf_hub_download(place.name, CONFIG, revision=place.revision, local_files_only=not asks))
    except errors.GatedRepoError as error:
        raise ValueError(
            f'Access to "{place.name}" is restricted: request it on the page of the model, then '
            "run .foretune/hf-venv/bin/hf auth login."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ValueError(f'The hub has "{place.name}", but no revision "{place.revision}" of it.') from error
    except errors.RepositoryNotFoundError as error:
        raise ValueError(
            f'There is no model "{place.name}", neither in the data folder nor on the hub '
            f"({constants.ENDPOINT}), or it is private."
        ) from error
    except errors.RemoteEntryNotFoundError as error:
        raise ValueError(f"The {of} has no {CONFIG}: transformers cannot load it.") from error
    except errors.LocalEntryNotFoundError as error:
        if constants.HF_HUB_OFFLINE:
            raise ValueError(
                f"The {of} is neither in the data folder nor in the hub's cache "
                f"({constants.HF_HUB_CACHE}), and HF_HUB_OFFLINE is set."
            ) from error
        raise Unreachable(
            f"The hub ({constants.ENDPOINT}) does not answer, and its cache on this machine "
            f"({constants.HF_HUB_CACHE}) does not have the {of}."
        ) from error
