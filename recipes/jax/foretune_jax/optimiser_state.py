"""The whole training state as named arrays, and back: what a resumed run needs to continue bit by
bit."""

import jax
import numpy as np

from .train import State


def pack_state(state: State) -> dict[str, np.ndarray]:
    leaves = jax.tree.leaves((state.params, state.moments))
    return {f"leaf{i:04d}": np.asarray(leaf) for i, leaf in enumerate(leaves)}


def unpack_state(arrays: dict[str, np.ndarray], like: State, step: int) -> State:
    """`like` gives the structure; its numbers are not used."""
    leaves, structure = jax.tree.flatten((like.params, like.moments))
    loaded = [jax.numpy.asarray(arrays[f"leaf{i:04d}"]) for i in range(len(leaves))]
    params, moments = jax.tree.unflatten(structure, loaded)
    return State(params, moments, step)
