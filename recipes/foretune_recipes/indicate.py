"""Stage `indicate`: the five indicators of a checkpoint (arXiv 2504.12491, section 3)."""

from .answers import Score, accuracy, sample_rows
from .checkpoint import read_weights
from .config import Indicate
from .kshot import kshot_results
from .perplexity import inverse_perplexity
from .run import RunContext, RunOutput
from .tasks import DATASETS

PERPLEXITIES = {"inv_ppl_clm": "clm", "inv_ppl_sc": "sc"}


def indicate(context: RunContext) -> RunOutput:
    config = Indicate.read(dict(context.config))
    params, _ = read_weights(context.required_input(), config.model)
    corpus = context.corpus(config.model)
    steps = len(PERPLEXITIES) + len(DATASETS)
    indicators, samples = [], []
    for name, objective in PERPLEXITIES.items():
        score = inverse_perplexity(params, config.model, corpus, objective, config.dev_tokens)
        indicators.append(indicator_row(name, score))
        context.progress.report(len(indicators), steps)
    for task, dataset in DATASETS.items():
        results = kshot_results(params, config.model, corpus, task, config.items)
        indicators.append(indicator_row(f"kshot_{task}", accuracy(results)))
        samples += sample_rows(results, task, dataset, "kshot", 0)
        context.progress.report(len(indicators), steps)
    return RunOutput({"indicators": indicators, "samples": samples})


def indicator_row(name: str, score: Score) -> dict:
    return {"indicator": name, "domain": None, **vars(score)}
