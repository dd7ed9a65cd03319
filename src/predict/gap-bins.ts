/** Accuracy by the difference of a pair's outcomes (arXiv 2504.12491, Figure 4). */
import { credit } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { mean } from './measurements';

export interface GapBin {
  /** Smallest and largest difference of outcomes in the bin. */
  readonly gap_low: number;
  readonly gap_high: number;
  readonly n_pairs: number;
  readonly accuracy: number;
}

/**
 * Bins of about equal numbers of pairs, smallest gaps first. Pairs with equal gaps share a bin, so
 * that the order of pairs does not matter; bins that are empty as a result are left out.
 */
export function accuracyByGap(pairs: readonly JudgedPair[], bins = 5): GapBin[] {
  const gaps = pairs.map(gapOf);
  const sorted = Float64Array.from(gaps).sort();
  const groups = Array.from({ length: bins }, (): JudgedPair[] => []);
  pairs.forEach((pair, i) => groups[binOf(gaps[i] ?? NaN, sorted, bins)]?.push(pair));
  return groups.filter((group) => group.length > 0).map(summary);
}

function summary(group: readonly JudgedPair[]): GapBin {
  const gaps = Float64Array.from(group, gapOf).sort();
  return {
    gap_low: gaps[0] ?? NaN,
    gap_high: gaps.at(-1) ?? NaN,
    n_pairs: group.length,
    accuracy: mean(group.map(credit)),
  };
}

function gapOf({ outcome_a, outcome_b }: JudgedPair): number {
  return Math.abs(outcome_a - outcome_b);
}

/** By the middle of the ranks of equal gaps. */
function binOf(gap: number, sorted: Float64Array, bins: number): number {
  const middle = (countBelow(sorted, gap, false) + countBelow(sorted, gap, true)) / 2;
  return Math.min(bins - 1, Math.floor((middle / sorted.length) * bins));
}

/** How many sorted values are below a value, or (`orEqual`) not above it. */
export function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle] ?? NaN;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
