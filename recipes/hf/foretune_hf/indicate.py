"""Stage `indicate`: perplexities and the k-shot score of each task (arXiv 2504.12491, section 3)."""

from foretune_protocol.attempts import Made
from foretune_protocol.run import Run
from foretune_protocol.tables import Row, indicator

from .config import Indicate
from .harness import Scored, mean, scores
from .hub import pinned
from .measuring import measured_model
from .perplexity import clm_score, development_rows, sc_score
from .places import start_of


def indicate(run: Run) -> Made:
    config = Indicate.read(run.config)
    lm = measured_model(pinned(start_of(run), run.cache_dir), config.context, config.memory)
    steps = 1 + len(config.tasks)
    rows = development_rows(lm, config.development, config.context, config.dev_tokens)
    indicators = [indicator("inv_ppl_clm", **vars(clm_score(lm, rows)))]
    spans = sc_score(lm, rows)
    if spans:
        indicators.append(indicator("inv_ppl_sc", **vars(spans)))
    else:
        print("No inv_ppl_sc: the tokenizer has no sentinels <extra_id_0>, <extra_id_1>, ...", flush=True)
    run.progress.report(1, steps)
    samples: list[Row] = []
    for done, (task, harness) in enumerate(config.tasks.items(), 2):
        scored = scores(lm, harness.harness, harness.metric, harness.shots, config.items)
        indicators += kshot_rows(task, scored)
        samples += sample_rows(task, scored, "kshot", 0)
        run.progress.report(done, steps)
    return Made({"indicators": indicators, "samples": samples})


def kshot_rows(task: str, scored: list[Scored]) -> list[Row]:
    """The mean, and where there are several tasks of the harness the score of each, in `domain`."""
    name = f"kshot_{task}"
    several = scored if len(scored) > 1 else []
    each = [indicator(name, domain=one.dataset, **vars(one.score)) for one in several]
    return [indicator(name, **vars(mean(scored))), *each]


def sample_rows(task: str, scored: list[Scored], phase: str, seed: int) -> list[Row]:
    return [
        {"task": task, "dataset": one.dataset, "phase": phase, "seed": seed, **item}
        for one in scored
        for item in one.samples
    ]
