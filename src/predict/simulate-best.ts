/**
 * Which variant is the best, and what is lost by trying only the first few? By simulation: scores
 * vary by the uncertainty of the training (the jackknife's deviations, in normal proportions), and
 * each variant has normal noise of the size that the pairwise model's probabilities imply.
 */
import { xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { SEED } from './resampling';

export interface Simulated {
  /** For each variant, the probability that it is the best. */
  readonly p_best: readonly number[];
  readonly p_best_in_top: number;
  readonly expected_regret: number;
}

interface Movable {
  readonly score: number;
  readonly deviations: readonly number[];
}

const DRAWS = 4000;
/**
 * Standard deviation of one variant's noise: the difference of two is then normal with 1.702, which
 * is nearest to the logistic distribution. (Gumbel noise would give it exactly, but because of its
 * long right tail variants at the bottom win far too often.)
 */
const NOISE = 1.702 / Math.SQRT2;

/**
 * `variants`: best first. A variant that takes place m in a simulation is assumed to have the m-th
 * best of the known outcomes (spread over as many variants as there are).
 */
export function simulateBest(
  variants: readonly Movable[],
  outcomes: readonly number[],
  top: number,
): Simulated {
  const rng = xoroshiro128plus(SEED);
  const sorted = Float64Array.from(outcomes).sort().reverse();
  const wins = variants.map(() => 0);
  let inTop = 0;
  let regret = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const values = drawValues(variants, rng);
    const best = indexOfLargest(values, values.length);
    wins[best] = (wins[best] ?? 0) + 1;
    if (best < top) inTop += 1;
    else regret += lostBy(values, indexOfLargest(values, top), sorted);
  }
  return {
    p_best: wins.map((count) => count / DRAWS),
    p_best_in_top: inTop / DRAWS,
    expected_regret: regret / DRAWS,
  };
}

function drawValues(variants: readonly Movable[], rng: RandomGenerator): Float64Array {
  const groups = variants[0]?.deviations.length ?? 0;
  const scale = Math.sqrt((groups - 1) / groups);
  const pulls = Float64Array.from({ length: groups }, () => scale * normal(rng));
  return Float64Array.from(variants, ({ score, deviations }) => {
    let value = score + NOISE * normal(rng);
    for (let k = 0; k < groups; k++) value += (pulls[k] as number) * (deviations[k] as number);
    return value;
  });
}

function lostBy(values: Float64Array, chosen: number, sorted: Float64Array): number {
  const value = values[chosen] ?? NaN;
  const above = values.reduce((count, other) => count + (other > value ? 1 : 0), 0);
  const place = ((above + 0.5) / values.length) * sorted.length - 0.5;
  const at = Math.min(sorted.length - 1, Math.max(0, place));
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return (sorted[0] ?? NaN) - (low + (at - Math.floor(at)) * (high - low));
}

function indexOfLargest(values: Float64Array, among: number): number {
  let best = 0;
  for (let i = 1; i < among; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Strictly between 0 and 1. */
function uniform(rng: RandomGenerator): number {
  return ((rng.unsafeNext() >>> 0) + 0.5) / 2 ** 32;
}

/** A normal random number (Box-Muller). */
function normal(rng: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(uniform(rng))) * Math.cos(2 * Math.PI * uniform(rng));
}
