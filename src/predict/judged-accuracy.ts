/** How often a predictor named the better variant of the judged pairs. */
import type { PairwiseAccuracy } from '../domain/pairs';
import type { JudgedPair } from './judged-pair';
import { mapGroups } from './measurements';

/**
 * 1 if the better variant was named, 0 if the worse; one half for a probability of 0.5 or tied
 * outcomes.
 */
export function credit({ probability, outcome_a, outcome_b }: JudgedPair): number {
  return (1 + Math.sign(probability - 0.5) * Math.sign(outcome_a - outcome_b)) / 2;
}

/** Whether `a` had the better outcome: 1, 0, or one half for a tie. */
export function answerOf({ outcome_a, outcome_b }: JudgedPair): number {
  return (1 + Math.sign(outcome_a - outcome_b)) / 2;
}

/** NaN if there are no pairs. */
export function judgedAccuracy(pairs: readonly JudgedPair[]): PairwiseAccuracy {
  const credits = pairs.reduce((sum, pair) => sum + credit(pair), 0);
  return { n_pairs: pairs.length, accuracy: credits / pairs.length };
}

/** The pairs of each split, in the order in which splits first appear. */
export function splitsOf(pairs: readonly JudgedPair[]): (readonly JudgedPair[])[] {
  return [
    ...mapGroups(
      pairs,
      (pair) => pair.split,
      (group) => group,
    ).values(),
  ];
}
