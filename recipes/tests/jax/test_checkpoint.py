"""Weights on disk."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from foretune_jax.checkpoint import describe, read_weights, write_weights
from foretune_jax.config import Model
from foretune_jax.model import init_params, parameter_count
from foretune_measures.seeds import generator
from foretune_protocol.checkpoints import local_path
from foretune_protocol.cost import NOTHING, Cost

MODEL = Model(layers=1, width=8, heads=2, context=8, vocabulary=32)
COST = NOTHING.plus(10, 640, 1e6).plus(1, 64, 1e5)


def written(path: Path):
    params = init_params(MODEL, generator("weights"))
    write_weights(path, params, MODEL, COST)
    return params


def test_weights_and_their_cost_come_back_as_they_were(tmp_path: Path):
    params = written(tmp_path / "w.safetensors")
    back, cost = read_weights(tmp_path / "w.safetensors", MODEL)
    assert back.keys() == params.keys()
    assert all(np.array_equal(back[key], params[key]) for key in params)
    assert cost == COST == Cost(11, 704, 1.1e6)


def test_weights_of_another_architecture_are_refused(tmp_path: Path):
    written(tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=r"layer1\.attention_norm is missing; .*; \.\.\."):
        read_weights(tmp_path / "w.safetensors", replace(MODEL, layers=2))


def test_weights_of_another_shape_are_named(tmp_path: Path):
    written(tmp_path / "w.safetensors")
    expected = r"embedding has shape \[32, 8\], expected \[64, 8\]\. Correct `model`"
    with pytest.raises(ValueError, match=expected):
        read_weights(tmp_path / "w.safetensors", replace(MODEL, vocabulary=64))


def test_weights_that_somebody_else_wrote_are_read_from_their_folder(tmp_path: Path):
    params = {key: np.asarray(value) for key, value in init_params(MODEL, generator("weights")).items()}
    save_file(params, tmp_path / "weights.safetensors")
    back, cost = read_weights(tmp_path, MODEL)
    assert all(np.array_equal(back[key], params[key]) for key in params)
    assert cost == NOTHING


def test_a_folder_without_weights_says_what_is_there(tmp_path: Path):
    (tmp_path / "model.bin").write_text("")
    with pytest.raises(FileNotFoundError, match=r"a folder with weights\.safetensors.*found model\.bin"):
        read_weights(tmp_path, MODEL)


def test_a_cut_file_is_refused(tmp_path: Path):
    written(tmp_path / "w.safetensors")
    whole = (tmp_path / "w.safetensors").read_bytes()
    (tmp_path / "w.safetensors").write_bytes(whole[:-8])
    with pytest.raises(Exception, match=r"(?i)metadata|incomplete|buffer"):
        read_weights(tmp_path / "w.safetensors", MODEL)


def test_a_description_names_the_file_its_digest_and_its_cost(tmp_path: Path):
    path = tmp_path / "with space" / "w.safetensors"
    written(path)
    made = describe(path, MODEL, COST)
    assert local_path(made["uri"]) == path
    assert made["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (made["step"], made["tokens"], made["flops"]) == (11, 704, 1.1e6)
    assert made["parameters"] == made["active_parameters"] == parameter_count(MODEL)


@pytest.mark.parametrize("uri", ["s3://bucket/weights", "file://other-host/weights", "weights"])
def test_addresses_that_are_not_local_files_are_refused(uri: str):
    with pytest.raises(ValueError, match="this recipe reads file:// addresses"):
        local_path(uri)
