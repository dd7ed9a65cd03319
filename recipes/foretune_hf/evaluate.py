"""Stage `evaluate`: the scores of a fine-tuned checkpoint by lm-evaluation-harness."""

from dataclasses import replace

from foretune_recipes.attempts import Made

from .config import Evaluate
from .harness import scores
from .indicate import sample_rows
from .measuring import measured_model
from .stage_run import StageRun


def evaluate(run: StageRun) -> Made:
    config = Evaluate.read(run.config)
    lm = measured_model(run.required_input(), config.context, config.memory)
    # It was fine-tuned to answer without examples.
    scored = scores(lm, replace(config.harness, shots=0), config.test_items)
    run.progress.report(1, 1)
    outcomes = [
        {
            "task": config.task,
            "dataset": one.dataset,
            "sft_recipe": config.sft_recipe,
            "seed": config.sft_seed,
            "metric": config.harness.metric,
            **vars(one.score),
        }
        for one in scored
    ]
    samples = sample_rows(config.task, scored, "sft", config.sft_seed)
    return Made({"outcomes": outcomes, "samples": samples})
