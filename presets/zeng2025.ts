/**
 * The names of Zeng et al., "Can Pre-training Indicators Reliably Predict Fine-tuning Outcomes of
 * LLMs?" (arXiv 2504.12491): three tasks, five indicators and three sums of them, compared with
 * perplexity. A study uses them with `...zeng2025`, or picks some of them.
 */

export const tasks = {
  cms: { label: 'commonsense reasoning', metric: 'accuracy', indicator: 'kshot_cms' },
  rag: { label: 'retrieval-augmented QA', metric: 'accuracy', indicator: 'kshot_rag' },
  cbqa: { label: 'closed-book QA', metric: 'accuracy', indicator: 'kshot_cbqa' },
} as const;

/** Section 3: inverse perplexities and k-shot scores; higher is better for all. */
export const indicators = {
  inv_ppl_clm: { label: '1/PPL, causal LM', better: 'higher' },
  inv_ppl_sc: { label: '1/PPL, span corruption', better: 'higher' },
  kshot_cms: { label: 'k-shot CMS', better: 'higher' },
  kshot_rag: { label: 'k-shot RAG', better: 'higher' },
  kshot_cbqa: { label: 'k-shot CBQA', better: 'higher' },
} as const;

/** Table 1: sums of indicators, each scaled to [0, 1] over the study. */
export const proxies = {
  mean_of_5: { inv_ppl_clm: 1, inv_ppl_sc: 1, kshot_cms: 1, kshot_rag: 1, kshot_cbqa: 1 },
  'sc+rag': { inv_ppl_sc: 1, kshot_rag: 1 },
  // The authors chose these signs with knowledge of the outcomes: an upper bound, not a prediction.
  'sc+rag-clm': {
    terms: { inv_ppl_sc: 1, kshot_rag: 1, inv_ppl_clm: -1 },
    chosen_after: true,
  },
} as const;

/** Perplexity: the predictor with which all others are compared. */
export const baseline = 'inv_ppl_clm';
