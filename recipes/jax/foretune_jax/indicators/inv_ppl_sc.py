"""1/perplexity of hidden spans (arXiv 2504.12491, section 3)."""

from typing import TYPE_CHECKING

from foretune_protocol.tables import indicator

from ..elementary import SC

if TYPE_CHECKING:
    from ..indicate import Subject, Tables

INDICATORS = {"inv_ppl_sc": {"label": "1/perplexity, span corruption", "better": "higher"}}


def measure(subject: "Subject") -> "Tables":
    from foretune_measures.score import inverse_perplexity

    from ..perplexity import development_batch, row_losses

    config = subject.config
    batch = development_batch(subject.corpus, SC, config.model.context, config.dev_tokens, config.development)
    nats, tokens = row_losses(subject.params, config.model, batch)
    return {"indicators": [indicator("inv_ppl_sc", **vars(inverse_perplexity(nats, tokens)))]}
