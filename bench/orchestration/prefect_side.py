"""`prefect_side.py <variants> <stages>`: a flow of chains of no-op tasks on Prefect's own server."""

import json
import sys
import time

from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner


@task
def stage(number: int) -> int:
    return number


@flow(task_runner=ThreadPoolTaskRunner(max_workers=16))
def study(variants: int, stages: int) -> None:
    last = []
    for _ in range(variants):
        done = []
        for number in range(stages):
            done = [stage.submit(number, wait_for=done)]
        last += done
    for future in last:
        future.result()


if __name__ == "__main__":
    variants, stages = map(int, sys.argv[1:])
    study(1, 1)  # starts the server
    start = time.perf_counter()
    study(variants, stages)
    print(json.dumps({"seconds": time.perf_counter() - start}))
