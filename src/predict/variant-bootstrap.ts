/**
 * Intervals and paired tests of figures over pairs. Pairs share variants, so variants are resampled
 * and a pair counts as often as both of its variants were drawn together.
 */
import { xoroshiro128plus } from 'pure-rand';
import { SpecError } from '../base/errors';
import { drawCounts, quantile, RESAMPLES, SEED } from './intervals';

/** Numbers that belong to a pair of variants; a pair that several splits hold stands there once. */
export interface PairNumbers {
  readonly a: string;
  readonly b: string;
  readonly numbers: readonly number[];
}

export interface Spread {
  readonly value: number;
  readonly ci_low: number;
  readonly ci_high: number;
  /** Two-sided: how easily variants without any such effect would have given as much. */
  readonly p: number;
  readonly n_variants: number;
}

/** Enough for a percentile, when pairs are so many that more would take minutes. */
const LEAST_RESAMPLES = 200;
const MOST_WORK = 4e8;

/**
 * A figure computed from sums over all pairs, and its percentile interval over variants. Resamples
 * in which the figure is no finite number (no pair of different variants was drawn, nothing stands
 * below a fraction line) are drawn again.
 */
export function spreadOverVariants(
  pairs: readonly PairNumbers[],
  figure: (sums: Float64Array) => number,
): Spread {
  const table = tabulate(pairs);
  const value = figure(sumUp(table, new Float64Array(table.n_variants).fill(1)));
  if (!Number.isFinite(value))
    throw new SpecError(
      `The figure over ${pairs.length} pairs is ${value}, not a number: give at least one pair, and a baseline that makes an error.`,
    );
  const values = resample(table, figure);
  return {
    value,
    ci_low: quantile(values, 0.025),
    ci_high: quantile(values, 0.975),
    p: twoSided(values),
    n_variants: table.n_variants,
  };
}

interface PairTable {
  readonly n_variants: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly columns: readonly Float64Array[];
}

function tabulate(pairs: readonly PairNumbers[]): PairTable {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  const places = new Map(ids.map((id, i) => [id, i]));
  const merged = merge(pairs);
  return {
    n_variants: ids.length,
    first: Int32Array.from(merged, ({ a }) => places.get(a) ?? 0),
    second: Int32Array.from(merged, ({ b }) => places.get(b) ?? 0),
    columns: (pairs[0]?.numbers ?? []).map((_, k) =>
      Float64Array.from(merged, ({ numbers }) => numbers[k] ?? NaN),
    ),
  };
}

/** Sums over splits: what a resample then costs does not grow with the number of splits. */
function merge(pairs: readonly PairNumbers[]): PairNumbers[] {
  const merged = new Map<string, { a: string; b: string; numbers: number[] }>();
  for (const { a, b, numbers } of pairs) {
    const [x, y] = a < b ? [a, b] : [b, a];
    const key = JSON.stringify([x, y]);
    const known = merged.get(key);
    if (!known) merged.set(key, { a: x, b: y, numbers: [...numbers] });
    else known.numbers.forEach((value, k) => (known.numbers[k] = value + (numbers[k] ?? NaN)));
  }
  return [...merged.values()].sort((x, y) => (x.a < y.a || (x.a === y.a && x.b < y.b) ? -1 : 1));
}

function resample(table: PairTable, figure: (sums: Float64Array) => number): Float64Array {
  const work = table.first.length * table.columns.length;
  const wanted = Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(MOST_WORK / work)));
  const rng = xoroshiro128plus(SEED);
  const values: number[] = [];
  for (let tries = 0; values.length < wanted && tries < 100 * wanted; tries++) {
    const value = figure(sumUp(table, drawCounts(table.n_variants, rng)));
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length < wanted)
    throw new SpecError(
      `An interval over ${table.n_variants} variants is not known: hardly any resample of them holds a pair that counts. Measure more variants.`,
    );
  return Float64Array.from(values).sort();
}

/** A plain loop, since it is run for each pair of each resample; most pairs were not drawn together. */
function sumUp({ first, second, columns }: PairTable, counts: Float64Array): Float64Array {
  const sums = new Float64Array(columns.length);
  for (let k = 0; k < first.length; k++) {
    const weight = (counts[first[k] as number] as number) * (counts[second[k] as number] as number);
    if (weight === 0) continue;
    for (let c = 0; c < sums.length; c++)
      (sums[c] as number) += weight * ((columns[c] as Float64Array)[k] as number);
  }
  return sums;
}

/** The resamples are one more than they are, so that no p is 0. */
function twoSided(values: Float64Array): number {
  const below = values.reduce((count, value) => count + (value <= 0 ? 1 : 0), 1);
  const above = values.reduce((count, value) => count + (value >= 0 ? 1 : 0), 1);
  return Math.min(1, (2 * Math.min(below, above)) / (values.length + 1));
}
