/** How accurate a predictor is if it may call pairs too close: accuracy against coverage. */
import { SpecError } from '../base/errors';
import { credit, judgedAccuracy, splitsOf } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';

export interface CoveragePoint {
  /** Pairs whose probability differs from one half by at least this much are decided. */
  readonly margin: number;
  /** Share of pairs that are decided. */
  readonly coverage: number;
  /** Accuracy on the decided pairs. */
  readonly accuracy: number;
}

/** A point for every margin that occurs, the most confident pairs first. */
export function accuracyAgainstCoverage(pairs: readonly JudgedPair[]): CoveragePoint[] {
  const surest = [...pairs].sort((x, y) => marginOf(y) - marginOf(x));
  let credits = 0;
  return surest.flatMap((pair, i) => {
    credits += credit(pair);
    const margin = marginOf(pair);
    const next = surest[i + 1];
    if (next && marginOf(next) === margin) return [];
    return [{ margin, coverage: (i + 1) / pairs.length, accuracy: credits / (i + 1) }];
  });
}

/** The margin that decides the most pairs with at least this accuracy; null if none reaches it. */
export function chooseMargin(pairs: readonly JudgedPair[], accuracy: number): number | null {
  const reaching = accuracyAgainstCoverage(pairs).filter((point) => point.accuracy >= accuracy);
  return reaching.at(-1)?.margin ?? null;
}

export interface Decided {
  readonly n_pairs: number;
  readonly n_decided: number;
  readonly coverage: number;
  /** Accuracy on the decided pairs; null if every pair was too close. */
  readonly accuracy: number | null;
}

/**
 * Judges each split with a margin chosen to reach `accuracy` on pairs of other splits that share no
 * variant with it: the choice uses nothing from the judged pairs.
 */
export function decideByOthers(pairs: readonly JudgedPair[], accuracy: number): Decided {
  const splits = splitsOf(pairs);
  const decided = splits.flatMap((split) => {
    const others = strangers(pairs, split);
    if (!others.length)
      throw new SpecError(
        `All pairs outside split "${split[0]?.split}" share a variant with it, so the margin for "too close to call" cannot be chosen on independent pairs. Pass pairs of several splits.`,
      );
    const margin = chooseMargin(others, accuracy);
    return margin === null ? [] : split.filter((pair) => marginOf(pair) >= margin);
  });
  return {
    n_pairs: pairs.length,
    n_decided: decided.length,
    coverage: decided.length / pairs.length,
    accuracy: decided.length ? judgedAccuracy(decided).accuracy : null,
  };
}

function strangers(pairs: readonly JudgedPair[], split: readonly JudgedPair[]): JudgedPair[] {
  const known = new Set(split.flatMap(({ a, b }) => [a, b]));
  return pairs.filter(({ a, b }) => !known.has(a) && !known.has(b));
}

function marginOf({ probability }: JudgedPair): number {
  return Math.abs(probability - 0.5);
}
