"""The CPU devices of a job. Must run before jax is imported."""

import os

# A thread is a device of its own, and the trainer deals the rows of a step out to them: on matrices as
# small as ours that trains 1.5 times as fast on two, and threads within a matrix product 1.2 times.
XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def use_threads(threads: int) -> None:
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {XLA_FLAGS}".strip()
    os.environ["JAX_NUM_CPU_DEVICES"] = str(threads)
    # XLA deals work out to as many threads as it sees cores, and without a free core it would see them all.
    os.environ["NPROC"] = str(threads)
