/** A figure over pairs with its interval and p value, from resampled variants. */
import { SpecError } from '../base/errors';
import { percentiles, resample, sumsOf, type PairTable } from './resampling';

/** Numbers about a pair of variants; a pair of several splits may occur once for each. */
export interface PairNumbers {
  readonly a: string;
  readonly b: string;
  readonly numbers: readonly number[];
}

export interface Spread {
  readonly value: number;
  readonly ci_low: number;
  readonly ci_high: number;
  /**
   * Two-sided: how often variants without any such effect would give a result at least as large.
   */
  readonly p: number;
  readonly n_variants: number;
}

/** A statistic computed from sums over all pairs, and its percentile interval over variants. */
export function spreadOverVariants(
  pairs: readonly PairNumbers[],
  figure: (sums: Float64Array) => number,
): Spread {
  const table = tabulate(pairs);
  const value = figure(sumsOf(table));
  if (!Number.isFinite(value))
    throw new SpecError(
      `The result over ${pairs.length} pairs is ${value}, which is not finite: pass at least one pair, and a baseline that makes at least one error.`,
    );
  const [values = new Float64Array()] = resample(table, (sums) => [figure(sums)]);
  const { ci_low, ci_high } = percentiles(values);
  return { value, ci_low, ci_high, p: twoSided(values), n_variants: table.n_variants };
}

/**
 * Variants in order of id; the numbers of a pair are summed, so that a resample is as fast for many
 * splits as for one.
 */
export function tabulate(pairs: readonly PairNumbers[]): PairTable {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  const places = new Map(ids.map((id, i) => [id, i]));
  const merged = new Map<number, number[]>();
  for (const { a, b, numbers } of pairs) {
    const [i, j] = [places.get(a) ?? 0, places.get(b) ?? 0];
    const key = Math.min(i, j) * ids.length + Math.max(i, j);
    const known = merged.get(key);
    if (!known) merged.set(key, [...numbers]);
    else numbers.forEach((value, k) => (known[k] = (known[k] ?? NaN) + value));
  }
  const keys = [...merged.keys()].sort((x, y) => x - y);
  return {
    n_variants: ids.length,
    first: Int32Array.from(keys, (key) => Math.floor(key / ids.length)),
    second: Int32Array.from(keys, (key) => key % ids.length),
    columns: (pairs[0]?.numbers ?? []).map((_, k) =>
      Float64Array.from(keys, (key) => merged.get(key)?.[k] ?? NaN),
    ),
  };
}

/** Counts start at 1, so that no p value is 0. */
function twoSided(values: Float64Array): number {
  const below = values.reduce((count, value) => count + (value <= 0 ? 1 : 0), 1);
  const above = values.reduce((count, value) => count + (value >= 0 ? 1 : 0), 1);
  return Math.min(1, (2 * Math.min(below, above)) / (values.length + 1));
}
