"""What jobs share: built once, whole or not at all."""

import threading
import time
from pathlib import Path

import pytest

from foretune_protocol.cache import cached, write_atomically


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
