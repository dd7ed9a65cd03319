"""A trainer of your own, with a task, an indicator and an SFT recipe that nothing else here knows.

Its "model" is one number, the skill at riddles. Registered in temporal.config.ts as `own`.
"""

import json
import sys

from foretune_protocol import Branch, Config, Made, Run, checkpoint, describe, main, option


class Training(Config):
    rate: float = option("Share that is learned in a step", exclusive_minimum=0)


class Rehearsal(Branch, Training):
    """The same, for a task, an SFT recipe and a seed."""


def train(run: Run) -> Made:
    start = read(run) if run.input else {"skill": 0.0, "step": 0}
    skill, last = start["skill"], start["step"] + 10
    for step in range(1, 11):
        skill += run.config["rate"] * (1 - skill)
        run.progress.report(step, 10, loss=1 - skill)
    weights = run.folder / "weights.json"
    weights.write_text(json.dumps({"skill": skill, "step": last}))
    return Made(checkpoint=checkpoint(weights, step=last, tokens=64 * last, parameters=1))


def read(run: Run) -> dict:
    return json.loads(run.input_path().read_text())


def indicate(run: Run) -> Made:
    return Made({"indicators": [{"indicator": "riddle_loss", "value": 1 - read(run)["skill"]}]})


def evaluate(run: Run) -> Made:
    branch, solved = Branch.read(run.config), read(run)["skill"]
    return Made({"outcomes": [branch.outcome("riddles", metric="solved", value=solved, n=100)]})


manifest = describe(
    version="1",
    stages={"pretrain": Training, "indicate": Config, "sft": Rehearsal, "evaluate": Branch},
    tasks={"riddles": {"label": "Riddles", "metric": "solved", "better": "higher"}},
    indicators={"riddle_loss": {"label": "loss on riddles", "better": "lower"}},
    sft_recipes={"rehearsal": {"label": "ten rehearsals"}},
)
stages = {"pretrain": train, "indicate": indicate, "sft": train, "evaluate": evaluate}
sys.exit(main(manifest, stages))
