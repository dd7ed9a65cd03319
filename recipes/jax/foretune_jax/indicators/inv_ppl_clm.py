"""1/perplexity of plain text (arXiv 2504.12491, section 3), and minus bits per byte, from the same
pass."""

from typing import TYPE_CHECKING

from foretune_protocol.tables import indicator

from ..elementary import CLM

if TYPE_CHECKING:
    from ..indicate import Subject, Tables

INDICATORS = {
    "inv_ppl_clm": {"label": "1/perplexity, causal", "better": "higher"},
    "neg_bpb": {"label": "minus bits per byte, by domain", "better": "higher"},
}


def measure(subject: "Subject") -> "Tables":
    from foretune_measures.score import inverse_perplexity

    from ..perplexity import bits_per_byte, development_batch, row_losses

    config, corpus = subject.config, subject.corpus
    batch = development_batch(corpus, CLM, config.model.context, config.dev_tokens, config.development)
    nats, tokens = row_losses(subject.params, config.model, batch)
    found = bits_per_byte(nats, batch, corpus.tokenizer.widths(), config.development)
    by_domain = [
        indicator("neg_bpb", -score.value, domain=domain, stderr=score.stderr, n=score.n)
        for domain, score in found.items()
    ]
    whole = indicator("inv_ppl_clm", **vars(inverse_perplexity(nats, tokens)))
    return {"indicators": [whole, *by_domain]}
