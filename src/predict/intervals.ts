/**
 * 95% intervals of a pairwise accuracy. Pairs share variants, so variants are resampled: to resample
 * pairs as if they were independent would make every interval too narrow.
 */
import { xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { agreedWithOthers, agreement, countPairs, type Scored } from '../domain/pairs';

export interface Interval {
  readonly ci_low: number;
  readonly ci_high: number;
  readonly ci_method: 'bootstrap-variants' | 'jackknife-variants';
}

/** Above it a resample costs more than it tells, and the jackknife's normal interval is as good. */
export const MOST_BOOTSTRAPPED = 300;
export const RESAMPLES = 2000;
/** One seed for all: proxies of one study are judged on the same resamples, and fits repeat. */
export const SEED = 250412491;

/** The interval that covers 95% of what other variants of the same kind would have given. */
export function accuracyInterval(variants: readonly Scored[]): Interval {
  return variants.length > MOST_BOOTSTRAPPED ? jackknife(variants) : bootstrap(variants);
}

/** Percentile bootstrap. Pairs of a variant with its own copy are no question and do not count. */
export function bootstrap(variants: readonly Scored[]): Interval {
  const agreements = variants.map((a) => Float64Array.from(variants, (b) => agreement(a, b)));
  const rng = xoroshiro128plus(SEED);
  const accuracies = Float64Array.from({ length: RESAMPLES }, () =>
    weightedAccuracy(agreements, drawCounts(variants.length, rng)),
  ).sort();
  return {
    ci_low: quantile(accuracies, 0.025),
    ci_high: quantile(accuracies, 0.975),
    ci_method: 'bootstrap-variants',
  };
}

/** How often each of n variants is drawn; a draw of one variant n times has no pair and is redrawn. */
export function drawCounts(n: number, rng: RandomGenerator): Float64Array {
  const counts = new Float64Array(n);
  for (let draw = 0; draw < n; draw++) {
    const i = (((rng.unsafeNext() >>> 0) * n) / 2 ** 32) >>> 0;
    counts[i] = (counts[i] as number) + 1;
  }
  return counts.includes(n) ? drawCounts(n, rng) : counts;
}

/** The inner loop of every fit: 1,225 pairs x 2,000 resamples x 24 fits for the paper's table. */
function weightedAccuracy(agreements: readonly Float64Array[], counts: Float64Array): number {
  const n = counts.length;
  let agreed = 0;
  let pairs = n * n;
  for (let i = 0; i < n; i++) {
    const times = counts[i] as number;
    if (times === 0) continue;
    const row = agreements[i] as Float64Array;
    let sum = 0;
    for (let j = 0; j < i; j++) sum += (counts[j] as number) * (row[j] as number);
    agreed += times * sum;
    pairs -= times * times;
  }
  return (2 * agreed) / pairs;
}

/** Linear interpolation between order statistics (the default of NumPy and R). */
export function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}

/** Accuracy +- 1.96 standard errors from leaving out one variant at a time. */
export function jackknife(variants: readonly Scored[]): Interval {
  const n = variants.length;
  const agreed = Array.from(agreedWithOthers(variants));
  const total = agreed.reduce((sum, value) => sum + value, 0) / 2;
  const left = agreed.map((value) => (total - value) / countPairs(n - 1));
  const centre = left.reduce((sum, value) => sum + value, 0) / n;
  const squares = left.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const half = 1.96 * Math.sqrt(((n - 1) / n) * squares);
  const accuracy = total / countPairs(n);
  return {
    ci_low: Math.max(0, accuracy - half),
    ci_high: Math.min(1, accuracy + half),
    ci_method: 'jackknife-variants',
  };
}
