"""Several processes that do one job together, each a real one, on CPUs."""

import os
import socket
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pytest
from jobs import Json, finish, indicate_run, job, pretrain_run, read_json, sft_runs, start
from pyarrow import ipc

from foretune_protocol import processes


def runs(variant: str) -> list[Json]:
    return [pretrain_run(variant), indicate_run(variant), *sft_runs(variant, "cbqa")]


def values(made: Json, result: Json, run_id: str, table: str) -> dict[tuple, float]:
    (done,) = (run for run in result["runs"] if run["run_id"] == run_id)
    path = Path(made["work_dir"]) / done["tables"][table]
    rows = ipc.open_file(pa.memory_map(str(path))).read_all().to_pylist()
    keys = ("indicator", "task", "metric", "domain", "step")
    return {tuple(row.get(key) for key in keys): row["value"] for row in rows}


def sizes(result: Json) -> list[tuple]:
    made = [run["checkpoint"] for run in result["runs"] if run["checkpoint"]]
    return [(one["step"], one["tokens"]) for one in made]


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> tuple[Json, Json]:
    made = job(tmp_path_factory.mktemp("alone"), cache_dir, runs("v1"))
    code, result = finish(made)
    assert code == 0
    return made, result


def of_torchrun(rank: int) -> dict[str, str]:
    own = {"RANK": str(rank), "LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1"}
    return {**own, "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}


def of_srun(rank: int) -> dict[str, str]:
    return {
        "SLURM_NTASKS": "2",
        "SLURM_PROCID": str(rank),
        "SLURM_LOCALID": str(rank),
        "SLURM_LAUNCH_NODE_IPADDR": "127.0.0.1",
    }


@pytest.mark.parametrize("variables", [of_torchrun, of_srun])
def test_two_processes_train_one_model(variables, alone, tmp_path: Path, cache_dir: Path):
    made = job(tmp_path, cache_dir, runs("v1"))
    port = {"MASTER_PORT": str(free_port())}
    started = [start(made, f"log{rank}", **variables(rank), **port) for rank in range(2)]
    codes = [process.wait(timeout=300) for process in started]
    assert codes == [0, 0], (tmp_path / "log0").read_text() + (tmp_path / "log1").read_text()
    result = read_json(tmp_path / "result.json")
    before, expected = alone
    for run_id, table in [("v1/pretrain", "curves"), ("v1/indicate", "indicators")]:
        # The rows of each step are the same, summed up in another order.
        assert values(made, result, run_id, table) == pytest.approx(
            values(before, expected, run_id, table), rel=0.02, abs=0.02
        )
    assert sizes(result) == sizes(expected)


def test_one_process_writes_the_progress(alone):
    made, _ = alone
    assert (Path(made["work_dir"]) / "progress.jsonl").exists()


def test_slurm_must_say_where_its_tasks_meet(monkeypatch: pytest.MonkeyPatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in of_srun(1).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SLURM_LAUNCH_NODE_IPADDR")
    with pytest.raises(ValueError, match="SLURM_LAUNCH_NODE_IPADDR"):
        processes.join_cluster()


def test_one_task_of_slurm_is_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLURM_NTASKS", "1")
    monkeypatch.setenv("SLURM_PROCID", "0")
    before = dict(os.environ)
    processes.join_cluster()
    assert dict(os.environ) == before
    assert processes.count() == 1
    assert processes.is_first()


@pytest.mark.parametrize(
    ("nodes", "world", "refused"), [("2", "2", True), ("1", "2", False), ("2", "4", False)]
)
def test_a_launcher_on_each_node_must_know_of_the_others(nodes, world, refused, monkeypatch):
    for name, value in of_torchrun(1).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WORLD_SIZE", world)
    monkeypatch.setenv("SLURM_NNODES", nodes)
    expected = pytest.raises(ValueError, match="tasks_per_node") if refused else nullcontext()
    with expected:
        processes.join_cluster()
    assert os.environ["WORLD_SIZE"] == world
