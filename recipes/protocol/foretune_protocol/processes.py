"""Several processes that do one job together, as `torchrun`, `accelerate launch` or `srun` start them."""

import os

# Slurm's names of what torch.distributed calls otherwise; the launching node is the first of the job.
SLURM = {
    "WORLD_SIZE": "SLURM_NTASKS",
    "RANK": "SLURM_PROCID",
    "LOCAL_RANK": "SLURM_LOCALID",
    "MASTER_ADDR": "SLURM_LAUNCH_NODE_IPADDR",
}
FIRST_PORT, PORTS = 20_000, 10_000


def join_cluster() -> None:
    """Takes rank and address from Slurm if `srun` started several tasks without a launcher.

    Must run before torch or JAX start. Jobs that share a node use different ports.
    """
    _refuse_a_training_on_each_node()
    several = int(os.environ.get("SLURM_NTASKS", "1")) > 1 and "SLURM_PROCID" in os.environ
    if not several or "RANK" in os.environ:
        return
    missing = sorted(name for name in SLURM.values() if name not in os.environ)
    if missing:
        tasks = os.environ["SLURM_NTASKS"]
        raise ValueError(f"{tasks} tasks, but {', '.join(missing)} are not set: start them with srun.")
    os.environ |= {name: os.environ[theirs] for name, theirs in SLURM.items()}
    port = FIRST_PORT + int(os.environ.get("SLURM_JOB_ID", "0")) % PORTS
    os.environ.setdefault("MASTER_PORT", str(port))


def _refuse_a_training_on_each_node() -> None:
    """A launcher that srun starts once per node, and that knows only its own node, would train the same
    model in the same folder as those on the other nodes."""
    nodes = int(os.environ.get("SLURM_NNODES", "1"))
    if nodes > 1 and "RANK" in os.environ and os.environ.get("LOCAL_WORLD_SIZE") == str(count()):
        raise ValueError(
            f"The job has {nodes} nodes, and its launcher has all {count()} processes on one of them: each "
            "node would train a separate model. Leave the launcher (accelerate launch, torchrun) out of "
            "the recipe's command, and give the cluster tasks_per_node: srun starts all nodes' processes."
        )


def count() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def local_rank() -> int | None:
    """Index of this process on its node; None if it is the only one, and all devices are its own."""
    several = os.environ.get("LOCAL_WORLD_SIZE") or os.environ.get("SLURM_NTASKS_PER_NODE", "1")
    return int(os.environ.get("LOCAL_RANK", "0")) if int(several) > 1 else None


def is_first() -> bool:
    """Whether this process writes the job's results."""
    return rank() == 0
