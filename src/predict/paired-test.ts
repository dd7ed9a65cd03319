/**
 * Compares two predictors on the same pairs: whether one is better, and what share of the other's
 * errors it avoids.
 */
import { SpecError } from '../base/errors';
import { credit } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { spreadOverVariants, type PairNumbers } from './spread';

export interface PairedDifference {
  readonly n_pairs: number;
  readonly n_variants: number;
  /** Accuracy of the first minus that of the second. */
  readonly difference: number;
  readonly ci_low: number;
  readonly ci_high: number;
  /** Two-sided p value of the hypothesis that the difference is 0. */
  readonly p: number;
}

export interface ErrorReduction {
  readonly error_rate: number;
  readonly baseline_error_rate: number;
  /** 1 - error rate / error rate of the baseline; below 0 when there are more errors. */
  readonly reduction: number;
  readonly ci_low: number;
  readonly ci_high: number;
}

/**
 * Both must have judged the same pairs of the same splits; which variant is called `a` may differ.
 */
export function pairedDifference(
  predictor: readonly JudgedPair[],
  other: readonly JudgedPair[],
): PairedDifference {
  const difference = ([pairs, one, two]: Float64Array) =>
    ((one ?? NaN) - (two ?? NaN)) / (pairs ?? NaN);
  const { value, ...rest } = spreadOverVariants(sideBySide(predictor, other), difference);
  return { n_pairs: predictor.length, difference: value, ...rest };
}

/** With an interval over variants. Throws SpecError if the baseline makes no errors. */
export function errorReduction(
  predictor: readonly JudgedPair[],
  baseline: readonly JudgedPair[],
): ErrorReduction {
  const beside = sideBySide(predictor, baseline);
  const reduction = ([pairs = 0, one = 0, two = 0]: Float64Array) =>
    1 - (pairs - one) / (pairs - two);
  const { value, ci_low, ci_high } = spreadOverVariants(beside, reduction);
  const errors = (k: number) =>
    1 - beside.reduce((sum, { numbers }) => sum + (numbers[k] ?? NaN), 0) / beside.length;
  return {
    error_rate: errors(1),
    baseline_error_rate: errors(2),
    reduction: value,
    ci_low,
    ci_high,
  };
}

/** For each pair: 1, the credit of the first, the credit of the second. */
function sideBySide(
  predictor: readonly JudgedPair[],
  other: readonly JudgedPair[],
): readonly PairNumbers[] {
  const credits = new Map(other.map((pair) => [keyOf(pair), credit(pair)]));
  if (credits.size !== other.length || predictor.length !== other.length)
    throw new SpecError(
      `Two predictors can be compared only on the same pairs, each used once: got ${predictor.length} and ${other.length} pairs, ${credits.size} of them distinct. Evaluate both with the same protocol and seed.`,
    );
  return predictor.map((pair) => {
    const theirs = credits.get(keyOf(pair));
    if (theirs === undefined)
      throw new SpecError(
        `Only one of two predictors judged the pair ${pair.a}, ${pair.b} of split "${pair.split}". Evaluate both with the same protocol and seed.`,
      );
    return { a: pair.a, b: pair.b, numbers: [1, credit(pair), theirs] };
  });
}

function keyOf({ split, a, b }: JudgedPair): string {
  return JSON.stringify([split, ...[a, b].sort()]);
}
