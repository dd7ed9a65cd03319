"""Stage `evaluate`: the accuracy of a fine-tuned checkpoint on test items."""

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run

from .answers import accuracy, answer_items, sample_rows
from .checkpoint import read_weights
from .config import Evaluate
from .corpus import open_corpus
from .items import DATA_SEED, dataset_of, items


def evaluate(run: Run) -> Made:
    config = Evaluate.read(run.config)
    params, _ = read_weights(run.input_path(), config.model)
    corpus = open_corpus(run.cache_dir, DATA_SEED, config.model.vocabulary)
    asked = items(config.task, corpus.world, "test", config.test_items, corpus.seed)
    prompts = [item.prompt for item in asked]
    results = answer_items(params, config.model, corpus.tokenizer, asked, prompts)
    run.progress.report(1, 1)
    dataset = dataset_of(config.task)
    outcome = config.outcome(dataset, metric="accuracy", **vars(accuracy(results)))
    samples = sample_rows(results, config.task, dataset, "sft", config.sft_seed)
    return Made({"outcomes": [outcome], "samples": samples})
