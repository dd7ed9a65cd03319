/** What tasks, indicators and proxies are called in words; unknown ones keep their own names. */

const TASK_NAMES: Readonly<Record<string, string>> = {
  cms: 'commonsense',
  rag: 'answering from a passage',
  cbqa: 'closed-book questions',
};

const PROXY_NAMES: Readonly<Record<string, string>> = {
  inv_ppl_clm: '1 / perplexity (CLM)',
  inv_ppl_sc: '1 / perplexity (SC)',
  kshot_cms: 'k-shot score, CMS',
  kshot_rag: 'k-shot score, RAG',
  kshot_cbqa: 'k-shot score, CBQA',
  mean_of_5: 'mean of the five, scaled',
  'sc+rag': 'sum of two, scaled',
  'sc+rag-clm': 'sum of three, scaled',
};

/** The metrics of the reference recipes, with their units. */
const METRIC_NAMES: Readonly<Record<string, string>> = {
  train_loss: 'training loss (nats per token)',
  lr: 'learning rate',
};

export function taskLabel(task: string): string {
  return task.toUpperCase();
}

export function taskName(task: string): string {
  return TASK_NAMES[task] ?? '';
}

export function proxyName(proxy: string): string {
  return PROXY_NAMES[proxy] ?? '';
}

export function metricName(metric: string): string {
  return METRIC_NAMES[metric] ?? metric;
}
