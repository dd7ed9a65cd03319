"""The CPU devices of a job. Must run before jax is imported."""

import os

# Each thread is a device, and the trainer divides the rows of a step among the devices. With
# matrices as small as ours, two threads then train 1.5 times as fast; threads within a matrix
# product, 1.2 times.
XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def use_threads(threads: int) -> None:
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {XLA_FLAGS}".strip()
    os.environ["JAX_NUM_CPU_DEVICES"] = str(threads)
    # XLA uses as many threads as it sees cores, and would see all of them when no core is free.
    os.environ["NPROC"] = str(threads)
