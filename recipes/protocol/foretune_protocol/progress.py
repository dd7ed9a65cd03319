"""Writes progress.jsonl: complete lines, flushed one by one, so that others can follow the job."""

import json
from datetime import UTC, datetime
from pathlib import Path


class Progress:
    """The progress of one run."""

    def __init__(self, path: Path, run_id: str) -> None:
        self.path = path
        self.run_id = run_id

    def report(self, step: int, steps: int, loss: float | None = None) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "run_id": self.run_id, "step": step, "steps": steps, "loss": loss}
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line) + "\n")
