"""A recipe that trains nothing, to measure the cost of the orchestration.

    python -I -S noop.py job.json, or: --describe

Reads job.json, writes empty weights, indicators, outcomes and result.json, all of them real files.
The numbers are the digits of each run's fingerprint: they look random, and are the same every time.
Its cost is that of starting a process, so it imports almost nothing: pyarrow writes each kind of
table once, into the shared cache, and a run replaces the numbers in it with its own.
"""

import os
import struct
import sys
from _json import encode_basestring_ascii, make_encoder, make_scanner
from types import SimpleNamespace

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
INDICATORS = ["inv_ppl_clm", "inv_ppl_sc", "kshot_cms", "kshot_rag", "kshot_cbqa"]
DIGITS = 8
"""Number of hexadecimal digits of the fingerprint in one number."""
VERSION = "1"
# It uses none of them, but accepts the fields of other recipes, so that it can replace them.
BRANCH = "task sft_recipe sft_seed model harness metric shots data lr steps batch"
FIELDS = {
    "pretrain": "model seed objective mixture lr train_tokens tag length_filter text batch warmup_steps "
    "step_tokens decay_from decay_to volume context checkpoint_steps",
    "indicate": "model dev_tokens development items tasks context",
    "sft": f"{BRANCH} train_items lora warmup_steps context",
    "evaluate": f"{BRANCH} train_items test_items context",
}


def main(argument: str) -> None:
    if argument == "--describe":
        print(serialise(manifest()))
        return
    with open(argument, encoding="utf-8") as file:
        job = parse(file.read())
    results = [execute(job, number, run) for number, run in enumerate(job["runs"])]
    result = {"format": 1, "job": job["job"], "recipe_version": VERSION, "runs": results}
    replace("result.json", serialise(result).encode())


def manifest() -> dict:
    """A schema that accepts every field."""
    stages = {name: schema(names) for name, names in FIELDS.items()}
    task = {"type": "object", "properties": {name: {} for name in ("harness", "metric", "shots")}}
    stages["indicate"]["properties"]["tasks"] = {"type": "object", "additionalProperties": task}
    known = dict.fromkeys(["tasks", "indicators", "domains", "objectives", "sft_recipes"], "any")
    return {"format": 1, "version": VERSION, "stages": stages, **known}


def schema(names: str) -> dict:
    return {"type": "object", "properties": {name: {} for name in names.split()}, "required": []}


def execute(job: dict, number: int, run: dict) -> dict:
    config, stage = run["config"], run["stage"]
    tables, checkpoint = {}, None
    if stage == "indicate":
        tables = {"indicators": f"run{number}.arrow"}
        write_table(job, run, tables["indicators"], "indicators", indicator_rows())
    elif stage == "evaluate":
        tables = {"outcomes": f"run{number}.arrow"}
        write_table(job, run, tables["outcomes"], "outcomes", outcome_rows(config))
    else:
        checkpoint = write_weights(job, number)
    done = {"run_id": run["run_id"], "status": "done", "error": None, "wall_seconds": 0}
    return done | {"tables": tables, "checkpoint": checkpoint}


def write_weights(job: dict, number: int) -> dict:
    path = os.path.join(job["work_dir"], f"weights{number}")
    with open(path, "wb"):
        pass
    nothing = dict.fromkeys(["step", "tokens", "flops", "parameters", "active_parameters"], 0)
    return nothing | {"uri": f"file://{path}", "sha256": EMPTY_SHA256}


def indicator_rows() -> list[dict]:
    numbers = {"domain": None, "stderr": None, "n": None}
    return [{"indicator": name, "value": stand_in(i), **numbers} for i, name in enumerate(INDICATORS)]


def outcome_rows(config: dict) -> list[dict]:
    of = {"task": config["task"], "dataset": "noop", "sft_recipe": config["sft_recipe"]}
    score = {"metric": "accuracy", "value": stand_in(0), "stderr": None, "n": None}
    return [{**of, "seed": config["sft_seed"], **score}]


# ---- JSON -----------------------------------------------------------------------------------
# Uses the C half of Python's own module: importing the other half, which imports regular
# expressions, takes as long as everything else that this recipe does.


def parse(text: str) -> dict:
    hooks = dict.fromkeys(["object_hook", "object_pairs_hook", "parse_constant"])
    scan = make_scanner(SimpleNamespace(strict=True, parse_float=float, parse_int=int, **hooks))
    return scan(text, 0)[0]


def serialise(value: dict) -> str:
    encode = make_encoder({}, None, encode_basestring_ascii, None, ": ", ", ", False, False, False)
    return "".join(encode(value, 0))


# ---- Tables ---------------------------------------------------------------------------------


def stand_in(number: int) -> float:
    """A number that no table contains by chance: eight bytes that a run replaces."""
    return -1.2345678901234567e300 * (number + 1)


def write_table(job: dict, run: dict, name: str, table: str, rows: list[dict]) -> None:
    data = template(job["cache_dir"], table, rows)
    digits = run["fingerprint"]
    for i in range(len(rows)):
        value = int(digits[i * DIGITS : (i + 1) * DIGITS], 16) / 16**DIGITS
        data = data.replace(struct.pack("<d", stand_in(i)), struct.pack("<d", value))
    with open(name, "wb") as file:
        file.write(data)


def template(cache_dir: str, table: str, rows: list[dict]) -> bytes:
    key = "-".join(str(rows[0].get(name, "")) for name in ("task", "sft_recipe", "seed"))
    path = os.path.join(cache_dir, "noop", f"{table}-{key}.arrow")
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = with_pyarrow(table, rows)
        replace(path, data)
        return data


def with_pyarrow(table: str, rows: list[dict]) -> bytes:
    import site

    site.main()  # the interpreter was started without site packages
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.join(os.path.dirname(here), "protocol"))
    import pyarrow as pa

    from foretune_protocol.tables import schema_of

    sink = pa.BufferOutputStream()
    data = pa.Table.from_pylist(rows, schema=schema_of(table))
    with pa.ipc.new_file(sink, data.schema) as writer:
        writer.write_table(data)
    return sink.getvalue().to_pybytes()


def replace(path: str, data: bytes) -> None:
    """Written completely or not at all; concurrent jobs may write the same template."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


if __name__ == "__main__":
    main(sys.argv[1])
