"""Addresses and digests of checkpoints."""

import hashlib
from pathlib import Path

import pytest

from foretune_protocol import checkpoint, hub_name, local_path
from foretune_protocol.checkpoints import listed_digest


def test_a_name_of_the_hub_has_a_revision():
    assert hub_name("hf://allenai/OLMo-1B@step10000") == ("allenai/OLMo-1B", "step10000")
    assert hub_name("hf://gpt2@main") == ("gpt2", "main")


@pytest.mark.parametrize("uri", ["file:///a/b@c", "hf://allenai/OLMo-1B", "s3://bucket/key", "hf://a/b/c@d"])
def test_other_addresses_are_no_names_of_the_hub(uri: str):
    assert hub_name(uri) is None


def test_a_file_is_described_by_its_digest(tmp_path: Path):
    path = tmp_path / "with space"
    path.write_text("weights")
    made = checkpoint(path, step=1, tokens=2, parameters=3)
    assert local_path(made["uri"]) == path
    assert made["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert (made["step"], made["tokens"], made["parameters"], made["active_parameters"]) == (1, 2, 3, 3)


def test_a_digest_of_some_files_takes_the_place_of_that_of_all(tmp_path: Path):
    (tmp_path / "weights").write_text("w")
    (tmp_path / "log").write_text("l")
    some = listed_digest(tmp_path, ["weights"])
    line = f"{hashlib.sha256(b'w').hexdigest()}  weights\n"
    assert some == hashlib.sha256(line.encode()).hexdigest()
    assert checkpoint(tmp_path, step=0, tokens=0, sha256=some)["sha256"] == some


def test_a_folder_is_described_by_names_and_digests_wherever_it_is(tmp_path: Path):
    def made(name: str, files: dict[str, str]) -> str:
        for file, text in files.items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(text)
        return checkpoint(tmp_path / name, step=0, tokens=0)["sha256"]

    files = {"a": "1", "deep/b": "2"}
    assert made("one", files) == made("two", files)
    assert made("three", files | {"a": "2"}) != made("one", files)
    with pytest.raises(FileNotFoundError, match="expected a file, or a folder of files"):
        checkpoint(tmp_path / "none", step=0, tokens=0)
