"""Random generators, the cache and configurations."""

import hashlib
import threading
import time
from pathlib import Path

import pytest

from foretune_jax.config import Evaluate, Model, Pretrain
from foretune_measures.seeds import generator, seed_of, writer
from foretune_protocol.cache import cached, write_atomically

MODEL = {"layers": 1, "width": 8, "heads": 2, "context": 8, "vocabulary": 300}
EVALUATE = {"model": MODEL, "task": "cms", "sft_recipe": "full", "sft_seed": 1, "test_items": 4}


def test_a_seed_is_the_digest_of_its_parts():
    written = b"".join(len(p).to_bytes(8, "big") + p for p in (b"str:ab", b"int:3"))
    assert seed_of("ab", 3) == int.from_bytes(hashlib.sha256(written).digest()[:16], "big")


@pytest.mark.parametrize("other", [("ab", "c"), ("a", "bc", ""), ("abc",), ("a", "bc", 0), ("bc", "a")])
def test_different_identities_give_different_numbers(other: tuple):
    assert generator(*other).random() != generator("a", "bc").random()
    assert writer(*other).random() != writer("a", "bc").random()
    assert seed_of(1) != seed_of("1")


def test_what_is_in_the_cache_is_not_built_again(tmp_path: Path):
    built = []

    def build(to: Path) -> None:
        built.append(to)
        to.write_text("made")

    assert cached(tmp_path / "deep" / "entry", build).read_text() == "made"
    assert cached(tmp_path / "deep" / "entry", build).read_text() == "made"
    assert len(built) == 1


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path):
    def fail(to: Path) -> None:
        to.write_text("half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        cached(tmp_path / "entry", fail)
    assert not (tmp_path / "entry").exists()
    assert [path.name for path in tmp_path.iterdir() if "lock" not in path.name] == []
    assert cached(tmp_path / "entry", lambda to: to.write_text("whole")).read_text() == "whole"


def test_an_entry_that_two_want_at_once_is_built_once(tmp_path: Path):
    built = []

    def build(to: Path) -> None:
        built.append(to)
        time.sleep(0.05)
        to.write_text("made")

    threads = [threading.Thread(target=cached, args=(tmp_path / "entry", build)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_a_failed_write_keeps_the_old_file(tmp_path: Path):
    path = tmp_path / "file"
    write_atomically(path, lambda to: to.write_text("old"))

    def fail(to: Path) -> None:
        to.write_text("ne")
        raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_configuration_is_read_as_it_stands():
    read = Evaluate.read(EVALUATE)
    assert read.model == Model(**MODEL)
    assert (read.task, read.test_items) == ("cms", 4)


def test_unknown_and_missing_keys_are_named():
    with pytest.raises(ValueError, match=r"unknown keys \['learning_rate'\] and lacks \['task'\]"):
        Evaluate.read({k: v for k, v in EVALUATE.items() if k != "task"} | {"learning_rate": 1})
    with pytest.raises(ValueError, match=r"Model has unknown keys \['depth'\]"):
        Pretrain.read(
            {
                "model": MODEL | {"depth": 3},
                "objectives": ["clm"],
                "mixture": {"world": 1},
                "lr": 1,
                "train_tokens": 1,
                "tag": False,
                "length_filter": "all",
            }
        )
