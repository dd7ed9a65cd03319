/**
 * Intervals for figures over pairs. Pairs share variants, so variants are resampled, and a pair
 * counts as often as both of its variants were drawn together: resampling pairs as if they were
 * independent would make every interval too narrow.
 */
import { xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { SpecError } from '../base/errors';

/** Columns of numbers about pairs of variants; each pair occurs once. */
export interface PairTable {
  readonly n_variants: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly columns: readonly Float64Array[];
}

export interface Interval {
  readonly ci_low: number;
  readonly ci_high: number;
  readonly ci_method: 'bootstrap-variants' | 'jackknife-variants';
}

/** Above this number resampling is too slow, and the jackknife's normal interval is as good. */
export const MOST_BOOTSTRAPPED = 300;
const RESAMPLES = 2000;
/** Enough for a percentile when there are so many pairs that more would take minutes. */
const LEAST_RESAMPLES = 200;
const MOST_WORK = 4e8;
/**
 * One seed for all: the predictors of a study are judged on the same resamples, and fits are
 * reproducible.
 */
export const SEED = 250412491;

/**
 * Figures computed from the sums of the columns, over resamples of the variants; each list is
 * sorted. Draws for which a figure is not finite (no pair of different variants was drawn) are
 * repeated.
 */
export function resample(
  table: PairTable,
  figures: (sums: Float64Array) => readonly number[],
): Float64Array[] {
  const wanted = resamplesOf(table);
  const rng = xoroshiro128plus(SEED);
  const drawn: (readonly number[])[] = [];
  for (let tries = 0; drawn.length < wanted && tries < 100 * wanted; tries++) {
    const values = figures(sumUp(table, drawCounts(table.n_variants, rng)));
    if (values.every(Number.isFinite)) drawn.push(values);
  }
  if (drawn.length < wanted)
    throw new SpecError(
      `An interval over ${table.n_variants} variants cannot be computed: too few resamples contain a usable pair. Measure more variants.`,
    );
  return (drawn[0] ?? []).map((_, k) => Float64Array.from(drawn, (one) => one[k] ?? NaN).sort());
}

function resamplesOf({ n_variants, first, columns }: PairTable): number {
  if (n_variants <= MOST_BOOTSTRAPPED) return RESAMPLES;
  const affordable = Math.floor(MOST_WORK / (first.length * columns.length));
  return Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, affordable));
}

export function percentiles(sorted: Float64Array): Interval {
  return {
    ci_low: quantile(sorted, 0.025),
    ci_high: quantile(sorted, 0.975),
    ci_method: 'bootstrap-variants',
  };
}

/**
 * How often each of n variants is drawn; a draw of one variant n times has no pair and is repeated.
 */
function drawCounts(n: number, rng: RandomGenerator): Float64Array {
  const counts = new Float64Array(n);
  for (let draw = 0; draw < n; draw++) {
    const i = (((rng.unsafeNext() >>> 0) * n) / 2 ** 32) >>> 0;
    counts[i] = (counts[i] as number) + 1;
  }
  return counts.includes(n) ? drawCounts(n, rng) : counts;
}

/** The sums of all columns, with every pair once. */
export function sumsOf(table: PairTable): Float64Array {
  return sumUp(table, new Float64Array(table.n_variants).fill(1));
}

/**
 * A plain loop, since it runs for each pair of each resample; most pairs were not drawn together.
 */
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

/** Linear interpolation between order statistics (the default of NumPy and R). */
export function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}

/**
 * The interval of an accuracy, from the sums of agreement and weight of each variant's pairs:
 * accuracy +- 1.96 standard errors from leaving out one variant at a time.
 */
export function jackknife(agreed: Float64Array, weight: Float64Array): Interval {
  const n = agreed.length;
  const [sum, total] = [agreed.reduce(add, 0) / 2, weight.reduce(add, 0) / 2];
  const left = Array.from(agreed, (its, i) => (sum - its) / (total - (weight[i] as number)));
  const center = left.reduce(add, 0) / n;
  const squares = left.reduce((all, value) => all + (value - center) ** 2, 0);
  const half = 1.96 * Math.sqrt(((n - 1) / n) * squares);
  return {
    ci_low: Math.max(0, sum / total - half),
    ci_high: Math.min(1, sum / total + half),
    ci_method: 'jackknife-variants',
  };
}

function add(a: number, b: number): number {
  return a + b;
}
