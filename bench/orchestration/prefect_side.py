"""`prefect_side.py <variants> <stages>`: a flow of chains of no-op tasks on Prefect's own server.

Results are kept on disk. The clock stops when the server has recorded the end of every task: tasks
without a recorded end are run again after a crash, so until then the study is not done.
"""

import json
import sys
import time

from prefect import flow, get_client, task
from prefect.task_runners import ThreadPoolTaskRunner


@task(persist_result=True)
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


def wait_for_record(steps: int) -> None:
    completed = {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    with get_client(sync_client=True) as client:
        while client.request("POST", "/task_runs/count", json=completed).json() < steps:
            time.sleep(0.05)


if __name__ == "__main__":
    variants, stages = map(int, sys.argv[1:])
    study(1, 1)  # starts the server
    wait_for_record(1)
    start = time.perf_counter()
    study(variants, stages)
    wait_for_record(1 + variants * stages)
    print(json.dumps({"seconds": time.perf_counter() - start}))
