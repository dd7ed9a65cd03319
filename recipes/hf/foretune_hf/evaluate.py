"""Stage `evaluate`: the scores of a fine-tuned checkpoint by lm-evaluation-harness."""

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run

from .config import Evaluate
from .harness import scores
from .hub import pinned
from .indicate import sample_rows
from .measuring import measured_model
from .places import start_of


def evaluate(run: Run) -> Made:
    config = Evaluate.read(run.config)
    lm = measured_model(pinned(start_of(run), run.cache_dir), config.context, config.memory)
    # It was fine-tuned to answer without examples.
    scored = scores(lm, config.harness, config.metric, 0, config.test_items)
    run.progress.report(1, 1)
    outcomes = [config.outcome(one.dataset, metric=config.metric, **vars(one.score)) for one in scored]
    samples = sample_rows(config.task, scored, "sft", config.sft_seed)
    return Made({"outcomes": outcomes, "samples": samples})
