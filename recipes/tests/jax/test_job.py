"""The contract between a job and the trainer, kept by the real program in a process of its own."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from jobs import (
    MODEL,
    Json,
    assert_same_outcome,
    finish,
    indicate_run,
    job,
    pretrain_run,
    read_json,
    rows_of,
    run,
    sft_runs,
    start,
)
from pyarrow import ipc
from safetensors.numpy import load_file
from schema import check

from foretune_jax.config import DEVELOPMENT
from foretune_jax.registry import objectives
from foretune_protocol.checkpoints import local_path
from foretune_protocol.tables import schema_of

STEP_TOKENS = 2048
INDICATORS = {"inv_ppl_clm", "inv_ppl_sc", "kshot_cms", "kshot_rag", "kshot_cbqa"}
CONTINUOUS = {
    f"kshot_{task}_{measure}{per}"
    for task, measures in {
        "cms": ["correct_prob", "margin", "norm_correct_prob", "total_prob"],
        "rag": ["correct_prob"],
        "cbqa": ["correct_prob"],
    }.items()
    for measure in measures
    for per in ("", "_per_char")
}


def runs_of(result: Json) -> dict[str, Json]:
    return {run["run_id"]: run for run in result["runs"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> tuple[Json, Json]:
    """A job with every stage, done."""
    tasks = [run for task in ("cms", "rag", "cbqa") for run in sft_runs("v1", task)]
    made = job(tmp_path_factory.mktemp("work"), cache_dir, [pretrain_run("v1"), indicate_run("v1"), *tasks])
    check(made, "job")
    code, result = finish(made)
    assert code == 0, (Path(made["work_dir"]) / "log").read_text()
    return made, result


def test_a_job_of_every_stage_is_done(whole: tuple[Json, Json]):
    made, result = whole
    check(result, "result")
    assert result["job"] == made["job"]
    assert [(run["run_id"], run["status"]) for run in result["runs"]] == [
        (run["run_id"], "done") for run in made["runs"]
    ]


def test_every_run_leaves_the_tables_of_its_stage(whole: tuple[Json, Json]):
    made, result = whole
    stages = {run["run_id"]: run["stage"] for run in made["runs"]}
    expected = {
        "pretrain": {"curves"},
        "indicate": {"indicators", "samples"},
        "sft": {"curves"},
        "evaluate": {"outcomes", "samples"},
    }
    for run_id, done in runs_of(result).items():
        assert done["tables"].keys() == expected[stages[run_id]]
        assert (done["checkpoint"] is not None) == (stages[run_id] in ("pretrain", "sft"))


def test_tables_are_arrow_files_of_the_declared_columns(whole: tuple[Json, Json]):
    made, result = whole
    work = Path(made["work_dir"])
    for done in result["runs"]:
        for table, path in done["tables"].items():
            read = ipc.open_file(pa.memory_map(str(work / path))).read_all()
            assert read.schema.equals(schema_of(table))
            assert read.num_rows > 0
            for column in read.schema:
                assert column.nullable or read[column.name].null_count == 0


def test_indicators_are_the_five_and_the_continuous_ones_each_with_error_and_count(whole: tuple[Json, Json]):
    made, result = whole
    rows = rows_of(Path(made["work_dir"]), runs_of(result)["v1/indicate"], "indicators")
    overall = [row for row in rows if row["domain"] is None]
    assert sorted(row["indicator"] for row in overall) == sorted(INDICATORS | CONTINUOUS)
    assert all(row["stderr"] >= 0 and row["n"] > 0 for row in rows)
    for row in overall:
        total, margin = "total_prob" in row["indicator"], "margin" in row["indicator"]
        assert (-1 if margin else 0) <= row["value"] <= (4 if total else 1)


def test_bits_per_byte_are_told_of_every_domain_of_real_text(whole: tuple[Json, Json]):
    made, result = whole
    rows = rows_of(Path(made["work_dir"]), runs_of(result)["v1/indicate"], "indicators")
    by_domain = {row["domain"]: row["value"] for row in rows if row["domain"] is not None}
    assert by_domain.keys() == set(DEVELOPMENT)
    assert {row["indicator"] for row in rows if row["domain"] is not None} == {"neg_bpb"}
    assert all(-8 < value < 0 for value in by_domain.values())


def test_every_objective_trains_from_scratch_with_every_intervention(tmp_path: Path, cache_dir: Path):
    changes = {"tag": True, "length_filter": "25-75", "mixture": {"web": 0.6, "questions": 0.4}}
    runs = [pretrain_run(f"v-{i}", 4096, objective=name, **changes) for i, name in enumerate(objectives())]
    code, result = finish(job(tmp_path / "work", cache_dir, runs))
    assert code == 0, (tmp_path / "work" / "log").read_text()
    step = STEP_TOKENS // 96 * 96
    for done in result["runs"]:
        assert (done["status"], done["checkpoint"]["tokens"]) == ("done", round(4096 / step) * step)
        losses = [
            r["value"] for r in rows_of(tmp_path / "work", done, "curves") if r["metric"] == "train_loss"
        ]
        assert all(0 < loss < 8 for loss in losses)


def test_a_job_that_finds_no_free_core_trains_alike(tmp_path: Path):
    """Each compiles for itself: there XLA looks at the cores, to deal out the work of a model wide
    enough."""
    runs = [pretrain_run("v1", 1024, objective="clm", model=MODEL | {"width": 32})]
    free, crowded = (job(tmp_path / name, tmp_path / name / "cache", runs) for name in ("free", "crowded"))
    _, expected = finish(free)
    with busy_cores(tmp_path / "crowded" / "cache" / "cores"):
        _, result = finish(crowded)
    assert_same_outcome(tmp_path, expected["runs"][0], result["runs"][0], ("free", "crowded"))


@contextmanager
def busy_cores(locks: Path) -> Iterator[None]:
    """Other jobs have them all."""
    locks.mkdir(parents=True)
    with ExitStack() as held:
        for core in os.sched_getaffinity(0):
            fcntl.flock(held.enter_context((locks / f"core{core}.lock").open("a")), fcntl.LOCK_EX)
        yield


def test_two_threads_train_alike_and_each_number_of_them_repeats_itself(tmp_path: Path, cache_dir: Path):
    def trained(name: str, threads: int) -> dict[str, np.ndarray]:
        runs = [pretrain_run("base", model=MODEL | {"context": 64})]
        code, result = finish(job(tmp_path / name, cache_dir, runs) | {"threads": threads})
        assert code == 0, (tmp_path / name / "log").read_text()
        return load_file(local_path(result["runs"][0]["checkpoint"]["uri"]))

    one, two, again = trained("one", 1), trained("two", 2), trained("again", 2)
    for key, value in two.items():
        assert np.array_equal(value, again[key])
        np.testing.assert_allclose(value, one[key], atol=2e-3)
    assert any(not np.array_equal(value, one[key]) for key, value in two.items())


def test_scores_are_the_shares_of_correct_samples(whole: tuple[Json, Json]):
    made, result = whole
    work, done = Path(made["work_dir"]), runs_of(result)
    for task in ("cms", "rag", "cbqa"):
        evaluated = done[f"v1/evaluate/{task}/full/seed1"]
        (outcome,) = rows_of(work, evaluated, "outcomes")
        samples = rows_of(work, evaluated, "samples")
        assert (outcome["task"], outcome["n"], len(samples)) == (task, 8, 8)
        assert outcome["value"] == sum(sample["correct"] for sample in samples) / 8
        shots = [s for s in rows_of(work, done["v1/indicate"], "samples") if s["task"] == task]
        rows = rows_of(work, done["v1/indicate"], "indicators")
        value = {row["indicator"]: row["value"] for row in rows}[f"kshot_{task}"]
        assert value == pytest.approx(sum(shot["correct"] for shot in shots) / len(shots))


def test_checkpoints_are_where_and_what_the_result_says(whole: tuple[Json, Json]):
    for done in whole[1]["runs"]:
        if made := done["checkpoint"]:
            assert hashlib.sha256(local_path(made["uri"]).read_bytes()).hexdigest() == made["sha256"]
    base, tuned = (runs_of(whole[1])[name]["checkpoint"] for name in ("v1/pretrain", "v1/sft/cms/full/seed1"))
    assert tuned["step"] == base["step"] + 5
    assert tuned["tokens"] > base["tokens"]
    assert tuned["flops"] > base["flops"]


def test_progress_is_told_in_whole_lines(whole: tuple[Json, Json]):
    made, _ = whole
    lines = [
        json.loads(line) for line in (Path(made["work_dir"]) / "progress.jsonl").read_text().splitlines()
    ]
    for line in lines:
        check(line, "progress")
    ends = {line["run_id"]: (line["step"], line["steps"]) for line in lines}
    assert ends.keys() == {run["run_id"] for run in made["runs"]}
    assert all(step == steps for step, steps in ends.values())


def test_a_finished_job_that_is_started_again_does_nothing_twice(whole: tuple[Json, Json]):
    made, result = whole
    progress = (Path(made["work_dir"]) / "progress.jsonl").read_bytes()
    assert finish(made) == (0, result)
    assert (Path(made["work_dir"]) / "progress.jsonl").read_bytes() == progress


def test_the_seed_decides_the_weights_and_the_name_of_the_variant_does_not(tmp_path: Path, cache_dir: Path):
    def tuned(variant: str, seed: int) -> list[Json]:
        return [pretrain_run(variant, 512, seed=seed), sft_runs(variant, "rag")[0]]

    sums = []
    for variant, seed in [("a", 1), ("b", 1), ("c", 2)]:
        code, result = finish(job(tmp_path / variant, cache_dir, tuned(variant, seed)))
        assert code == 0
        sums.append([run["checkpoint"]["sha256"] for run in result["runs"]])
    assert sums[0] == sums[1]
    assert not set(sums[0]) & set(sums[2])


def test_a_registered_folder_is_where_a_run_starts_from(tmp_path: Path, cache_dir: Path):
    _, first = finish(job(tmp_path / "made", cache_dir, [pretrain_run("v1", 512)]))
    weights = local_path(first["runs"][0]["checkpoint"]["uri"])
    registered = indicate_run("ours") | {"input": {"run_id": "ours", "uri": weights.parent.as_uri()}}
    hub = indicate_run("hub") | {"input": {"run_id": "hub", "uri": "hf://owner/model@main"}}
    code, result = finish(job(tmp_path / "measured", cache_dir, [registered, hub]))
    assert code == 1
    assert [run["status"] for run in result["runs"]] == ["done", "failed"]
    assert '"hf://owner/model@main": this recipe reads file:// addresses' in result["runs"][1]["error"]


# ---- Failures ------------------------------------------------------------------------------


def test_a_failing_run_says_why_and_spares_the_others(tmp_path: Path, cache_dir: Path):
    bad = pretrain_run("bad", objective="mlm")
    odd = run("odd/pretrain", "distil", {})
    typo = pretrain_run("typo", learning_rate=0.1)
    needy = run("bad/indicate", "indicate", {"dev_tokens": 500, "items": 4}, "bad/pretrain")
    made = job(tmp_path / "work", cache_dir, [bad, needy, odd, typo, pretrain_run("good", 512)])
    code, result = finish(made)
    check(result, "result")
    done = runs_of(result)
    assert code == 1
    assert {name: run["status"] for name, run in done.items()} == {
        "bad/pretrain": "failed",
        "bad/indicate": "failed",
        "odd/pretrain": "failed",
        "typo/pretrain": "failed",
        "good/pretrain": "done",
    }
    assert 'no objective "mlm"' in done["bad/pretrain"]["error"]
    assert '"bad/pretrain"' in done["bad/indicate"]["error"]
    assert 'no stage "distil"' in done["odd/pretrain"]["error"]
    assert "learning_rate" in done["typo/pretrain"]["error"]
    assert all(run["tables"] == {} and run["checkpoint"] is None for run in done.values() if run["error"])


def test_a_run_that_failed_is_tried_again_when_its_job_is(tmp_path: Path, cache_dir: Path):
    missing = tmp_path / "w.safetensors"
    continued = pretrain_run("late", 512) | {"input": {"run_id": "base/pretrain", "uri": missing.as_uri()}}
    made = job(tmp_path / "work", cache_dir, [pretrain_run("base", 512), continued])
    code, first = finish(made)
    assert (code, [run["status"] for run in first["runs"]]) == (1, ["done", "failed"])
    assert str(missing) in first["runs"][1]["error"]
    missing.write_bytes(local_path(first["runs"][0]["checkpoint"]["uri"]).read_bytes())
    code, second = finish(made)
    assert (code, [run["status"] for run in second["runs"]]) == (0, ["done", "done"])
    assert second["runs"][0] == first["runs"][0]
    base, continued = (run["checkpoint"] for run in second["runs"])
    assert all(continued[count] > base[count] for count in ("step", "tokens", "flops"))


def test_a_run_whose_weights_were_deleted_is_done_again(tmp_path: Path, cache_dir: Path):
    made = job(tmp_path, cache_dir, [pretrain_run("v1")])
    _, first = finish(made)
    lost = local_path(first["runs"][0]["checkpoint"]["uri"])
    before = lost.read_bytes()
    lost.unlink()
    code, again = finish(made)
    assert code == 0
    assert local_path(again["runs"][0]["checkpoint"]["uri"]).read_bytes() == before


def test_a_job_of_another_format_is_refused(tmp_path: Path, cache_dir: Path):
    made = job(tmp_path / "work", cache_dir, [pretrain_run("v1")]) | {"format": 2}
    with start(made) as process:
        assert process.wait() != 0
    assert "format 2" in (tmp_path / "work" / "log").read_text()
    assert not (tmp_path / "work" / "result.json").exists()


def test_two_jobs_at_once_share_one_cache(tmp_path: Path):
    """Both want the tokenizer, the text and the compiled code that neither finds there."""
    made = [job(tmp_path / name, tmp_path / "cache", [pretrain_run("v1", 512)]) for name in ("a", "b")]
    processes = [start(each) for each in made]
    assert [process.wait() for process in processes] == [0, 0]
    results = [read_json(tmp_path / name / "result.json") for name in ("a", "b")]
    first, second = (result["runs"][0]["checkpoint"]["sha256"] for result in results)
    assert first == second
