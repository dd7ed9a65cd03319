"""The SFT recipe `wise`, on the task `kinds`: weights between those before and after full
fine-tuning."""

from pathlib import Path

import numpy as np
from jobs import Json, finish, job, pretrain_run, run
from safetensors.numpy import load_file

from foretune_jax.items import DATA_SEED, items
from foretune_jax.world.world import make_world
from foretune_protocol.checkpoints import local_path


def tuned(name: str, recipe: str, **own: float) -> Json:
    config = {"task": "kinds", "sft_recipe": recipe, "sft_seed": 1, "lr": 0.01, "steps": 5, "batch": 4}
    return run(f"v/sft/kinds/{name}/seed1", "sft", config | {"train_items": 16} | own, "v/pretrain")


def weights(done: Json) -> dict[str, np.ndarray]:
    return load_file(local_path(done["checkpoint"]["uri"]))


def test_its_weights_are_the_mean_of_both_in_the_share_that_is_asked_for(tmp_path: Path, cache_dir: Path):
    shares = {"none": 0.0, "some": 0.25, "whole": 1.0}
    wise = [tuned(name, "wise", tuned_share=share) for name, share in shares.items()]
    code, result = finish(job(tmp_path, cache_dir, [pretrain_run("v"), tuned("full", "full"), *wise]))
    assert code == 0, (tmp_path / "log").read_text()
    before, full, none, some, whole = (weights(done) for done in result["runs"])
    assert any(not np.array_equal(before[name], full[name]) for name in full)
    for name in full:
        np.testing.assert_array_equal(none[name], before[name])
        np.testing.assert_array_equal(whole[name], full[name])
        np.testing.assert_allclose(some[name], 0.75 * before[name] + 0.25 * full[name], atol=1e-6)


def test_items_of_kinds_have_one_kind_that_usually_does_it():
    world = make_world(DATA_SEED)
    typical = {kind.name: kind.typical for kind in world.kinds}
    for split in ("train", "validation", "test"):
        for item in items("kinds", world, split, 500, DATA_SEED):
            habit = item.item_id.rpartition("/")[2]
            value = item.prompt.split(".")[0].split()[-1]
            usual = [name for name in item.options if value in typical[name.strip()][habit]]
            assert usual == [item.answer]
