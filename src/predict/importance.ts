/** How much of a learner's gain comes from each indicator (arXiv 2504.12491, Figure 3). */

export interface FeatureGain {
  readonly indicator: string;
  /**
   * The gain of one feature made from the indicator: its difference, product, or one of its two
   * values.
   */
  readonly gain: number;
}

export interface Importance {
  readonly indicator: string;
  /**
   * Share of the gain of all features; the shares sum to 1, or are all 0 if nothing was learned.
   */
  readonly share: number;
}

/** Largest share first; equal shares keep their order. */
export function importanceOf(gains: readonly FeatureGain[]): Importance[] {
  const sums = new Map<string, number>();
  for (const { indicator, gain } of gains)
    sums.set(indicator, (sums.get(indicator) ?? 0) + checked(indicator, gain));
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
  return [...sums]
    .map(([indicator, sum]) => ({ indicator, share: total > 0 ? sum / total : 0 }))
    .sort((x, y) => y.share - x.share);
}

function checked(indicator: string, gain: number): number {
  if (gain >= 0 && Number.isFinite(gain)) return gain;
  throw new RangeError(`A gain of "${indicator}" is ${gain}; expected a number of at least 0.`);
}
