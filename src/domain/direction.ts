/** Whether higher or lower values of a measure are better, according to its name. Pure. */

export type Direction = 'higher' | 'lower';

/**
 * Names of measures in common use. A name without any of these words does not imply a direction.
 */
const LOWER = new Set(
  'loss losses nll ppl perplexity error errors err wer cer ter mer bpb bpt bpc entropy xent mse mae rmse brier ece regret toxicity latency'.split(
    ' ',
  ),
);
const HIGHER = new Set(
  'accuracy acc exact match em f1 precision recall score bleu rouge chrf meteor auc auroc pass win reward correct prob probability likelihood loglikelihood logprob margin map mrr ndcg mcc kappa correlation'.split(
    ' ',
  ),
);
/** Words that reverse the direction of a measure: 1 / perplexity, minus bits per byte. */
const INVERTED = new Set(['inv', 'inverse', 'neg', 'negative', 'minus']);

/**
 * Higher is better for `inv_ppl`, lower for `val_loss`; null if the name implies neither or both.
 */
export function directionOf(name: string): Direction | null {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const lower = words.some((word) => LOWER.has(word));
  const higher = words.some((word) => HIGHER.has(word));
  if (lower === higher) return null;
  const turned = words.filter((word) => INVERTED.has(word)).length % 2 === 1;
  return lower !== turned ? 'lower' : 'higher';
}

export interface Range {
  /** Valid values are greater than this. */
  readonly above: number;
  readonly most: number;
  readonly words: string;
}

/** The range of 1 / perplexity, where a loss is easily given by mistake; null for other names. */
export function rangeOf(name: string): Range | null {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const inverse = words.includes('inv') || words.includes('inverse');
  const perplexity = words.includes('ppl') || words.includes('perplexity');
  return inverse && perplexity ? { above: 0, most: 1, words: '(0, 1]' } : null;
}
