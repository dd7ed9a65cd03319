"""`metaflow_side.py <variants> <stages>`: a flow that fans out to chains of eight no-op steps.

Metaflow reads the steps from the source, so the chain has to be written out.
"""

import json
import subprocess
import sys
import time

from metaflow import FlowSpec, Parameter, step


class Study(FlowSpec):
    variants = Parameter("variants", type=int)

    @step
    def start(self) -> None:
        self.numbers = list(range(self.variants))
        self.next(self.stage0, foreach="numbers")

    @step
    def stage0(self) -> None:
        self.next(self.stage1)

    @step
    def stage1(self) -> None:
        self.next(self.stage2)

    @step
    def stage2(self) -> None:
        self.next(self.stage3)

    @step
    def stage3(self) -> None:
        self.next(self.stage4)

    @step
    def stage4(self) -> None:
        self.next(self.stage5)

    @step
    def stage5(self) -> None:
        self.next(self.stage6)

    @step
    def stage6(self) -> None:
        self.next(self.stage7)

    @step
    def stage7(self) -> None:
        self.next(self.join)

    @step
    def join(self, inputs: object) -> None:  # noqa: ARG002
        self.next(self.end)

    @step
    def end(self) -> None:
        pass


def measure(variants: str, stages: str) -> None:
    assert stages == "8", "the flow has eight stages"
    command = [sys.executable, __file__, "--quiet", "run", "--variants", variants]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    if sys.argv[1].isdigit():
        measure(*sys.argv[1:])
    else:
        Study()
