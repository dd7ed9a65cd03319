"""One computing thread, one cache of text and compiled code, and a corpus for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretune_jax.devices import XLA_FLAGS
from foretune_protocol.threads import THREAD_VARIABLES

# Before jax is imported, as the trainer itself does: equal threads are part of equal numbers.
os.environ["XLA_FLAGS"] = XLA_FLAGS
os.environ |= dict.fromkeys(THREAD_VARIABLES, "1") | {"TOKENIZERS_PARALLELISM": "false"}

from foretune_jax.compiled import use_compilation_cache
from foretune_jax.corpus import Corpus, open_corpus
from foretune_jax.items import DATA_SEED

VOCABULARY = 512


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of a run: pytest-xdist gives each of them one within it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    (shared / "cache").mkdir(exist_ok=True)
    return shared / "cache"


@pytest.fixture(scope="session", autouse=True)
def compiled(cache_dir: Path) -> Iterator[None]:
    use_compilation_cache(cache_dir / "compiled")
    yield


@pytest.fixture(scope="session")
def corpus(cache_dir: Path) -> Corpus:
    return open_corpus(cache_dir, DATA_SEED, VOCABULARY)
