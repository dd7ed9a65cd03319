"""Stage `evaluate`: the accuracy of a fine-tuned checkpoint on test items."""

from .answers import accuracy, answer_items, sample_rows
from .checkpoint import read_weights
from .config import Evaluate
from .run import RunContext, RunOutput
from .tasks import DATASETS, items


def evaluate(context: RunContext) -> RunOutput:
    config = Evaluate.read(dict(context.config))
    params, _ = read_weights(context.required_input(), config.model)
    corpus = context.corpus(config.model)
    asked = items(config.task, corpus.world, "test", config.test_items, corpus.seed)
    prompts = [item.prompt for item in asked]
    results = answer_items(params, config.model, corpus.tokenizer, asked, prompts)
    context.progress.report(1, 1)
    dataset = DATASETS[config.task]
    outcome = {
        "task": config.task,
        "dataset": dataset,
        "sft_recipe": config.sft_recipe,
        "seed": config.sft_seed,
        "metric": "accuracy",
        **vars(accuracy(results)),
    }
    samples = sample_rows(results, config.task, dataset, "sft", config.sft_seed)
    return RunOutput({"outcomes": [outcome], "samples": samples})
