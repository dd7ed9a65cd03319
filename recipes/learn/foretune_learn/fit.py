"""`python -m foretune_learn.fit <job.json>`: learning to compare (schemas:
recipes/schemas/fit-*.json).

Reads the features of variants, the training variants of each split with their outcomes, and test
pairs without outcomes; writes predictions.arrow, importance.arrow and, last, result.json. With
`--preload MODULES` it imports those first and then waits for a line on its standard input, so that
a caller can start it early; it exits when that input ends, because then its caller has exited. Exit
code 0 if result.json says "done", otherwise 1.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

# Before numpy is imported: its threads would compete for the cores that the processes share.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from foretune_protocol.cache import write_atomically

from .classifiers import Refused
from .compare import Compared, compare, prepare
from .fit_files import FORMAT, Inputs, Json, write_importance, write_predictions


def fit(inputs: Inputs, processes: int, watch: bool) -> list[Compared]:
    """Results in the order of the tasks."""
    for predictor in inputs.predictors.values():
        prepare(predictor.learner)
    count = len(inputs.tasks)
    if processes < 2 or count < 2 * processes or sys.platform != "linux":
        if watch:
            _end_with_input()
        return _share(inputs, 0, count)
    # Forked, so that the children have the imports (1.5 s) already. The pool ends with them.
    context = multiprocessing.get_context("fork")
    begins = [count * i // processes for i in range(processes + 1)]
    with ProcessPoolExecutor(processes, context, _end_with_input if watch else None) as pool:
        parts = [pool.submit(_share, inputs, *ends) for ends in pairwise(begins)]
        return [one for part in parts for one in part.result()]


def _share(inputs: Inputs, begin: int, end: int) -> list[Compared]:
    tasks = inputs.tasks[begin:end]
    return [compare(predictor, split, inputs.values(predictor)) for predictor, split in tasks]


def run(path: Path, watch: bool = False) -> Json:
    """The content of result.json, also written to the folder of job.json."""
    begin = time.monotonic()
    folder = path.parent
    status, error = "done", None
    try:
        job = json.loads(path.read_text("utf-8"))
        inputs = Inputs(job, folder)
        compared = fit(inputs, job["processes"], watch)
        write_predictions(folder / "predictions.arrow", inputs.tasks, compared)
        write_importance(folder / "importance.arrow", inputs.tasks, compared)
    except Refused as refusal:
        status, error = "refused", str(refusal)
    except Exception as failure:
        traceback.print_exc()
        status, error = "failed", f"{type(failure).__name__}: {failure}"
    result = {
        "format": FORMAT,
        "status": status,
        "error": error,
        "wall_seconds": time.monotonic() - begin,
        "versions": _versions(),
        "predictions": "predictions.arrow" if status == "done" else None,
        "importance": "importance.arrow" if status == "done" else None,
    }
    write_atomically(folder / "result.json", lambda to: to.write_text(json.dumps(result, indent=1), "utf-8"))
    return result


def _versions() -> dict[str, str]:
    """Versions of the packages used for training, as far as they are loaded."""
    names = ["numpy", "scipy", "sklearn", "lightgbm"]
    return {name: sys.modules[name].__version__ for name in names if name in sys.modules}


def _end_with_input() -> None:
    """Ends this process when its standard input ends."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m foretune_learn.fit")
    parser.add_argument("job", type=Path)
    parser.add_argument("--preload", metavar="MODULES", help="import these, then wait for a line of input")
    options = parser.parse_args(arguments)
    waits = options.preload is not None
    if waits:
        for module in filter(None, options.preload.split(",")):
            # A module that cannot be imported is refused, with a reason, when its learner is
            # fitted.
            with suppress(ImportError):
                importlib.import_module(module)
        if not os.read(0, 1):
            return 0
    result = run(options.job, watch=waits)
    if result["status"] == "done":
        return 0
    print(result["error"], file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
