"""Training: the optimiser against a slow one, and interruptions that leave no trace."""

from pathlib import Path

import jax
import numpy as np
import pytest

from foretune_jax.batch import Batch
from foretune_jax.checkpoint import read_arrays, write_arrays
from foretune_jax.config import Model
from foretune_jax.model import MATRICES, Params, init_params
from foretune_jax.optimiser_state import pack_state, unpack_state
from foretune_jax.sequences import causal_lm
from foretune_jax.train import (
    CHUNK,
    CLIP_NORM,
    MOMENTUM,
    UPDATE_RMS,
    WEIGHT_DECAY,
    State,
    batch_loss,
    learning_rates,
    new_state,
    train,
)
from foretune_measures.seeds import generator

MODEL = Model(layers=1, width=8, heads=2, context=8, vocabulary=32)
ROWS = 2


def fresh() -> Params:
    return init_params(MODEL, generator("test train"))


def data(steps: int) -> Batch:
    shape = (steps * ROWS, MODEL.context + 1)
    return causal_lm(generator("test data").integers(0, MODEL.vocabulary, shape).astype(np.int32))


def same(a: Params, b: Params) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True))


def test_the_loss_is_the_mean_over_weighted_positions():
    batch = data(1)
    uniform = fresh() | {"embedding": fresh()["embedding"] * 0}
    weights = np.array([[1] * 5 + [0] * 3, [0] * 8], np.float32)
    asked = Batch(batch.inputs, batch.targets, weights, batch.prefix)
    assert float(batch_loss(uniform, MODEL, vars(asked))) == pytest.approx(np.log(MODEL.vocabulary))
    nothing = Batch(batch.inputs, batch.targets, weights * 0, batch.prefix)
    assert float(batch_loss(fresh(), MODEL, vars(nothing))) == 0.0


def test_steps_equal_slow_muon_and_adamw():
    steps = 4
    lrs = np.array([0.01, 0.02, 0.005, 0.01], np.float32)
    found = train(MODEL, new_state(fresh()), data(steps), lrs).params
    expected = slow_steps(fresh(), data(steps), lrs)
    for key, value in expected.items():
        np.testing.assert_allclose(np.asarray(found[key]), value, rtol=2e-3, atol=2e-5)


gradient_of = jax.jit(jax.grad(batch_loss), static_argnums=1)


def slow_steps(params: Params, batch: Batch, lrs: np.ndarray) -> dict[str, np.ndarray]:
    """After clipping by the global norm, one array at a time: AdamW (arXiv 1711.05101, algorithm
    2), and for matrices Muon (arXiv 2502.16982, section 2), whose momentum is Nesterov's as in
    NAdam."""
    p = {key: np.asarray(value, np.float64) for key, value in params.items()}
    m, v = ({key: np.zeros_like(value) for key, value in p.items()} for _ in range(2))
    for t, lr in enumerate(lrs, start=1):
        part = batch.take(slice((t - 1) * ROWS, t * ROWS))
        current = {key: np.asarray(value, np.float32) for key, value in p.items()}
        gradient = gradient_of(current, MODEL, vars(part))
        norm = np.sqrt(sum(np.sum(np.square(np.asarray(g, np.float64))) for g in gradient.values()))
        for key, g in gradient.items():
            g = np.asarray(g, np.float64) / max(1.0, norm / CLIP_NORM)
            before = m[key]
            m[key] = 0.9 * before + 0.1 * g
            v[key] = 0.98 * v[key] + 0.02 * g * g
            step = (m[key] / (1 - 0.9**t)) / (np.sqrt(v[key] / (1 - 0.98**t)) + 1e-8)
            if key.endswith(MATRICES):
                m[key] = MOMENTUM * before + (1 - MOMENTUM) * g
                ahead = MOMENTUM * m[key] / (1 - MOMENTUM ** (t + 1)) + (1 - MOMENTUM) * g / (1 - MOMENTUM**t)
                step = UPDATE_RMS * max(g.shape) ** 0.5 * orthogonal(ahead)
            p[key] = p[key] - lr * (step + WEIGHT_DECAY * p[key])
    return p


def orthogonal(x: np.ndarray) -> np.ndarray:
    """Five Newton-Schulz steps towards the nearest orthogonal matrix, each singular value on its
    own."""
    u, s, v = np.linalg.svd(x, full_matrices=False)
    s = s / np.linalg.norm(s)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return (u * s) @ v


def test_training_lowers_the_loss():
    steps = CHUNK + 10
    losses: list[float] = []
    rows = np.tile(np.arange(9, dtype=np.int32), (steps * ROWS, 1))
    train(
        MODEL,
        new_state(fresh()),
        causal_lm(rows),
        np.full(steps, 0.01),
        lambda _, found: losses.extend(found.tolist()),
    )
    assert len(losses) == steps
    assert losses[-1] < 0.5 * losses[0]


# ---- Resume --------------------------------------------------------------------------------


class Killed(Exception):
    """Stands for the death of the process."""


@pytest.mark.parametrize("stop_at", [CHUNK, 2 * CHUNK])
def test_a_resumed_run_repeats_the_uninterrupted_one_bit_by_bit(stop_at: int, tmp_path: Path):
    steps = 2 * CHUNK + 7
    lrs = learning_rates(0.01, steps, 5, 0.5)
    whole, half = [], []
    uninterrupted = train(MODEL, new_state(fresh()), data(steps), lrs, lambda _, found: whole.extend(found))

    def until_killed(state: State, found: np.ndarray) -> None:
        half.extend(found)
        write_arrays(tmp_path / "partial", pack_state(state), {"step": state.step})
        if state.step == stop_at:
            raise Killed

    with pytest.raises(Killed):
        train(MODEL, new_state(fresh()), data(steps), lrs, until_killed)
    saved, facts = read_arrays(tmp_path / "partial")
    state = unpack_state(saved, new_state(fresh()), facts["step"])
    resumed = train(MODEL, state, data(steps), lrs, lambda _, found: half.extend(found))
    assert resumed.step == uninterrupted.step == steps
    assert same(resumed.params, uninterrupted.params)
    assert same(resumed.moments, uninterrupted.moments)
    assert np.array_equal(whole, half)


def test_a_state_survives_the_disk_bit_by_bit(tmp_path: Path):
    state = train(MODEL, new_state(fresh()), data(3), np.full(3, 0.01))
    write_arrays(tmp_path / "state", pack_state(state), {"step": 3})
    saved, facts = read_arrays(tmp_path / "state")
    back = unpack_state(saved, new_state(fresh()), facts["step"])
    assert back.step == 3
    assert same(back.params, state.params)
    assert same(back.moments, state.moments)


def test_equal_states_are_equal_bytes(tmp_path: Path):
    for name in ("one", "two"):
        write_arrays(tmp_path / name, pack_state(new_state(fresh())), {"step": 0, "losses": [1.5]})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


# ---- Learning rates ------------------------------------------------------------------------


def test_learning_rates_rise_stay_and_fall_to_a_tenth():
    rates = learning_rates(0.004, 100, 10, 0.5)
    np.testing.assert_allclose(rates[:10], 0.004 * np.arange(1, 11) / 10, rtol=1e-6)
    np.testing.assert_allclose(rates[10:51], 0.004, rtol=1e-6)
    assert (np.diff(rates[50:]) < 0).all()
    assert rates[99] == pytest.approx(0.004 * (1 - 0.9 * 49 / 50))


def test_a_run_without_decay_keeps_its_rate():
    assert learning_rates(0.004, 100, 10, 1.0)[-1] == pytest.approx(0.004)


def test_a_short_run_warms_up_for_a_quarter_of_its_steps():
    assert learning_rates(1.0, 8, 30, 1.0).tolist() == [0.5, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_even_the_shortest_run_has_rates_above_zero(steps: int):
    rates = learning_rates(0.01, steps, 30, 0.0)
    assert len(rates) == steps
    assert (rates > 0).all()
