"""An example of your own trainer: it has a task, an indicator and an SFT recipe that foretune does not know.

Its "model" is one number, the skill at riddles. Registered in temporal.config.ts as `own`.
"""

import json
import sys

from foretune_protocol import Made, Run, checkpoint, describe, main

RATE = {"type": "number", "exclusiveMinimum": 0, "description": "Share that is learned per step"}
BRANCH = {"task": {}, "sft_recipe": {}, "sft_seed": {"type": "integer"}}


def fields(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


def train(run: Run) -> Made:
    skill = skill_of(run) if run.input else 0.0
    for step in range(1, 11):
        skill += run.config["rate"] * (1 - skill)
        run.progress.report(step, 10, loss=1 - skill)
    weights = run.folder / "weights.json"
    weights.write_text(json.dumps({"skill": skill}))
    return Made(checkpoint=checkpoint(weights, step=10, tokens=640, parameters=1))


def skill_of(run: Run) -> float:
    return json.loads(run.input_path().read_text())["skill"]


def indicate(run: Run) -> Made:
    return Made({"indicators": [{"indicator": "riddle_loss", "value": 1 - skill_of(run)}]})


def evaluate(run: Run) -> Made:
    of = {
        "task": run.config["task"],
        "sft_recipe": run.config["sft_recipe"],
        "seed": run.config["sft_seed"],
    }
    return Made(
        {
            "outcomes": [
                of | {"dataset": "riddles", "metric": "solved", "value": skill_of(run), "n": 100}
            ]
        }
    )


manifest = describe(
    version="1",
    stages={
        "pretrain": fields(rate=RATE),
        "indicate": fields(),
        "sft": fields(rate=RATE, **BRANCH),
        "evaluate": fields(**BRANCH),
    },
    tasks={"riddles": {"label": "Riddles", "metric": "solved", "better": "higher"}},
    indicators={"riddle_loss": {"label": "loss on riddles", "better": "lower"}},
    sft_recipes={"rehearsal": {"label": "ten rehearsals"}},
)
sys.exit(
    main(manifest, {"pretrain": train, "indicate": indicate, "sft": train, "evaluate": evaluate})
)
