"""Jobs of the smallest size, and the trainer as a cluster starts it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

Json = dict[str, Any]

# Small jobs compile for longer than they compute.
COMPILE_FAST = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
RECIPES = Path(__file__).resolve().parents[1]
SEED = 7
MODEL = {"layers": 1, "width": 8, "heads": 2, "context": 96, "vocabulary": 512}
MIXTURE = {"world": 0.5, "glosses": 0.5}


INDICATE = {"dev_tokens": 2000, "items": 12, "tasks": {"cms": {}, "rag": {}, "cbqa": {}}}
PYTHONPATH = os.pathsep.join(str(RECIPES / part) for part in ("protocol", "measures", "jax"))


def run(run_id: str, stage: str, config: Json, source: str | None = None, uri: str | None = None) -> Json:
    return {
        "run_id": run_id,
        "stage": stage,
        "variant_id": run_id.split("/")[0],
        "fingerprint": hashlib.sha256(run_id.encode()).hexdigest(),
        "config": {"model": MODEL, **config},
        "input": source and {"run_id": source, "uri": uri},
    }


def pretrain_run(variant: str, tokens: int = 4096, **changes: Any) -> Json:
    config = {"objective": "sc+clm", "mixture": MIXTURE, "lr": 0.003, "train_tokens": tokens}
    config |= {"seed": SEED}
    return run(f"{variant}/pretrain", "pretrain", config | changes)


def sft_runs(variant: str, task: str) -> list[Json]:
    name = f"{task}/full/seed1"
    shared = {"task": task, "sft_recipe": "full", "sft_seed": 1}
    tuning = shared | {"lr": 0.002, "steps": 5, "batch": 4, "train_items": 16}
    sft = run(f"{variant}/sft/{name}", "sft", tuning, f"{variant}/pretrain")
    evaluation = shared | {"test_items": 8}
    return [sft, run(f"{variant}/evaluate/{name}", "evaluate", evaluation, sft["run_id"])]


def indicate_run(variant: str) -> Json:
    return run(f"{variant}/indicate", "indicate", INDICATE, f"{variant}/pretrain")


def job(work: Path, cache: Path, runs: list[Json]) -> Json:
    work.mkdir(parents=True, exist_ok=True)
    return {
        "format": 1,
        "job": "test-job",
        "study": "tests@1",
        "recipe": "jax",
        "threads": 1,
        "work_dir": str(work),
        "cache_dir": str(cache),
        "credentials_file": None,
        "runs": runs,
    }


def start(made: Json, log: str = "log", **variables: str) -> subprocess.Popen:
    path = Path(made["work_dir"]) / "job.json"
    path.write_text(json.dumps(made), "utf-8")
    environment = os.environ | {"XLA_FLAGS": COMPILE_FAST, "PYTHONPATH": PYTHONPATH} | variables
    command = [sys.executable, "-B", "-m", "foretune_jax", str(path)]
    with (Path(made["work_dir"]) / log).open("wb") as file:
        return subprocess.Popen(command, cwd=RECIPES, env=environment, stdout=file, stderr=file)


def finish(made: Json) -> tuple[int, Json]:
    """The exit code and result.json of a job that is run to its end."""
    with start(made) as process:
        code = process.wait()
    return code, read_json(Path(made["work_dir"]) / "result.json")


def read_json(path: Path) -> Json:
    return json.loads(path.read_text("utf-8"))


def rows_of(work: Path, result: Json, table: str) -> list[Json]:
    """Of the result of one run."""
    return rows_in(work / result["tables"][table])


def rows_in(path: Path) -> list[Json]:
    return ipc.open_file(pa.memory_map(str(path))).read_all().to_pylist()


def assert_same_outcome(folder: Path, one: Json, two: Json, names: tuple[str, str] = ("one", "two")) -> None:
    """Of two runs whose jobs work in folders of these names."""
    assert two["checkpoint"]["sha256"] == one["checkpoint"]["sha256"]
    assert rows_of(folder / names[1], two, "curves") == rows_of(folder / names[0], one, "curves")
