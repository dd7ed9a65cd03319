/** How often a predictor named the better variant of the pairs that it judged. */
import type { PairwiseAccuracy, Scored } from '../domain/pairs';
import type { JudgedPair } from './judged-pair';

/** 1 for the better variant named, 0 for the worse; a probability of 0.5 or tied outcomes, one half. */
export function credit({ probability, outcome_a, outcome_b }: JudgedPair): number {
  return (1 + Math.sign(probability - 0.5) * Math.sign(outcome_a - outcome_b)) / 2;
}

/** Whether `a` came out better: 1, 0, or one half for a tie. */
export function answerOf({ outcome_a, outcome_b }: JudgedPair): number {
  return (1 + Math.sign(outcome_a - outcome_b)) / 2;
}

/** NaN when there is no pair. */
export function judgedAccuracy(pairs: readonly JudgedPair[]): PairwiseAccuracy {
  const credits = pairs.reduce((sum, pair) => sum + credit(pair), 0);
  return { n_pairs: pairs.length, accuracy: credits / pairs.length };
}

/** All pairs of variants, as a proxy that only compares numbers judges them. */
export function judgeByScore(
  variants: readonly (Scored & { readonly variant_id: string })[],
  split = 'all',
): JudgedPair[] {
  return variants.flatMap((a, i) =>
    variants.slice(i + 1).map((b) => ({
      split,
      a: a.variant_id,
      b: b.variant_id,
      probability: (1 + Math.sign(a.predicted - b.predicted)) / 2,
      outcome_a: a.outcome,
      outcome_b: b.outcome,
    })),
  );
}
