"""Stage `indicate`: the five indicators of a checkpoint (arXiv 2504.12491, section 3), and others.

The others come of the same passes: `neg_bpb` has a row for each domain of development text,
`kshot_<task>_<measure>` are continuous measures on the k-shot items.
"""

from .answers import accuracy, judge, sample_rows
from .checkpoint import read_weights
from .config import Indicate, Model
from .continuous import continuous_scores
from .corpus import Corpus
from .kshot import kshot_answers
from .model import Params
from .perplexity import bits_per_byte, development_batch, row_losses
from .run import RunContext, RunOutput
from .score import Score, inverse_perplexity
from .tables import Row
from .tasks import DATASETS

PERPLEXITIES = {"inv_ppl_clm": "clm", "inv_ppl_sc": "sc"}


def indicate(context: RunContext) -> RunOutput:
    config = Indicate.read(dict(context.config))
    params, _ = read_weights(context.required_input(), config.model)
    corpus = context.corpus(config.model)
    steps = len(PERPLEXITIES) + len(DATASETS)
    indicators: list[Row] = []
    samples: list[Row] = []
    for done, name in enumerate(PERPLEXITIES, 1):
        indicators += perplexity_rows(params, config.model, corpus, name, config.dev_tokens)
        context.progress.report(done, steps)
    for done, task in enumerate(DATASETS, len(PERPLEXITIES) + 1):
        scores, results = kshot_rows(params, config.model, corpus, task, config.items)
        indicators += scores
        samples += results
        context.progress.report(done, steps)
    return RunOutput({"indicators": indicators, "samples": samples})


def perplexity_rows(params: Params, model: Model, corpus: Corpus, name: str, dev_tokens: int) -> list[Row]:
    objective = PERPLEXITIES[name]
    batch = development_batch(corpus, objective, model.context, dev_tokens)
    nats, tokens = row_losses(params, model, batch)
    rows = [indicator_row(name, inverse_perplexity(nats, tokens))]
    if objective != "clm":
        return rows
    for domain, score in bits_per_byte(nats, batch, corpus.tokenizer.widths()).items():
        # Minus: higher is better for every indicator.
        rows.append(indicator_row("neg_bpb", Score(-score.value, score.stderr, score.n), domain))
    return rows


def kshot_rows(
    params: Params, model: Model, corpus: Corpus, task: str, count: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `indicators` and of `samples`."""
    asked, answers = kshot_answers(params, model, corpus, task, count)
    results = [judge(item, each) for item, each in zip(asked, answers, strict=True)]
    scores = {f"kshot_{task}": accuracy(results)}
    scores |= {f"kshot_{task}_{name}": score for name, score in continuous_scores(asked, answers).items()}
    rows = [indicator_row(name, score) for name, score in scores.items()]
    return rows, sample_rows(results, task, DATASETS[task], "kshot", 0)


def indicator_row(name: str, score: Score, domain: str | None = None) -> Row:
    return {"indicator": name, "domain": domain, **vars(score)}
