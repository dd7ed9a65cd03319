"""`dagster_side.py <variants> <stages>`: no-op chains in the multiprocess executor, one process per
step."""

import json
import os
import sys
import time

from dagster import DagsterInstance, In, Nothing, Out, execute_job, job, op, reconstructable

# The executor's processes import this file again.
if __name__ == "__main__":
    os.environ["BENCH_VARIANTS"], os.environ["BENCH_STAGES"] = sys.argv[1:]
VARIANTS, STAGES = (int(os.environ[name]) for name in ("BENCH_VARIANTS", "BENCH_STAGES"))


@op(out=Out(Nothing))
def first() -> None:
    pass


@op(ins={"before": In(Nothing)}, out=Out(Nothing))
def stage() -> None:
    pass


@job
def study() -> None:
    for variant in range(VARIANTS):
        done = first.alias(f"v{variant}_stage0")()
        for number in range(1, STAGES):
            done = stage.alias(f"v{variant}_stage{number}")(before=done)


if __name__ == "__main__":
    with DagsterInstance.get() as instance:
        start = time.perf_counter()
        result = execute_job(reconstructable(study), instance=instance)
        seconds = time.perf_counter() - start
    assert result.success
    print(json.dumps({"seconds": seconds}))
