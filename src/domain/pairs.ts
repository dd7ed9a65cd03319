/**
 * The pair question: which of two variants will be better after fine-tuning? A proxy answers it by
 * comparing what it predicts for each (arXiv 2504.12491, section 3.1). Pure.
 */

/** A variant's two numbers: what a proxy says before fine-tuning, and what came out after it. */
export interface Scored {
  readonly predicted: number;
  readonly outcome: number;
}

export interface PairwiseAccuracy {
  /** All unordered pairs, tied ones included. */
  readonly n_pairs: number;
  /** Share of pairs whose better variant the prediction names; NaN when there is no pair. */
  readonly accuracy: number;
}

/** 1 when both numbers name the same variant, 0 when they differ; a tie in either counts one half. */
export function agreement(a: Scored, b: Scored): number {
  const predicted = Math.sign(a.predicted - b.predicted);
  return (1 + predicted * Math.sign(a.outcome - b.outcome)) / 2;
}

export function pairwiseAccuracy(variants: readonly Scored[]): PairwiseAccuracy {
  const n_pairs = countPairs(variants.length);
  const agreed = variants.reduce((total, a, i) => total + agreedAfter(variants, a, i), 0);
  return { n_pairs, accuracy: agreed / n_pairs };
}

export function countPairs(variants: number): number {
  return (variants * (variants - 1)) / 2;
}

function agreedAfter(variants: readonly Scored[], a: Scored, i: number): number {
  let agreed = 0;
  for (let j = i + 1; j < variants.length; j++) agreed += agreement(a, variants[j] as Scored);
  return agreed;
}
