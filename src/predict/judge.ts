/** How right a predictor was about the pairs of several splits. */
import { drawCounts, MOST_BOOTSTRAPPED, quantile, RESAMPLES, SEED } from './intervals';
import { xoroshiro128plus } from 'pure-rand';
import { credit, splitsOf } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { mapGroups, mean, type ByVariant } from './measurements';
import type { Split, TestSet } from './splits';

export interface Score {
  /** Test pairs of all splits together. */
  readonly n_pairs: number;
  readonly n_splits: number;
  readonly n_variants: number;
  /** Mean over splits of the share of pairs whose better variant was named; a tie counts one half. */
  readonly accuracy: number;
  readonly error_rate: number;
  /** Share of all pairs, so that large splits weigh more; the same where splits are of one size. */
  readonly pooled_accuracy: number;
  /** Over splits; null for a single one. */
  readonly std: number | null;
  readonly ci_low: number;
  readonly ci_high: number;
  readonly ci_method: 'bootstrap-variants' | 'jackknife-variants';
}

/** The pairs of a test set of which `probability` knows both variants, with their outcomes. */
export function judge(
  split: Split,
  { pairs }: TestSet,
  probability: (a: string, b: string) => number | undefined,
): JudgedPair[] {
  return pairs.flatMap(([a, b]) => {
    const p = probability(a, b);
    const [outcome_a, outcome_b] = [split.outcomes.get(a), split.outcomes.get(b)];
    if (p === undefined || outcome_a === undefined || outcome_b === undefined) return [];
    return [{ split: split.id, a, b, probability: p, outcome_a, outcome_b }];
  });
}

/** What a score of each variant says of a pair. */
export function byScore(scores: ByVariant): (a: string, b: string) => number | undefined {
  return (a, b) => {
    const [first, second] = [scores.get(a), scores.get(b)];
    if (first === undefined || second === undefined) return undefined;
    return (1 + Math.sign(first - second)) / 2;
  };
}

/** The score of one predictor. Throws TypeError when there is no pair. */
export function score(pairs: readonly JudgedPair[]): Score {
  const [only] = scoreAll([pairs]);
  if (only) return only;
  throw new TypeError('A score needs at least one judged pair.');
}

/** The scores of several predictors; those asked about the same pairs share their resamples. */
export function scoreAll(predictors: readonly (readonly JudgedPair[])[]): Score[] {
  const judged = predictors.map((pairs) => {
    if (!pairs.length) throw new TypeError('A score needs at least one judged pair.');
    const splits = splitsOf(pairs);
    return { pairs, splits, pool: poolOf(splits) };
  });
  const intervals = new Map<Pool, Interval>();
  const alike = mapGroups(
    judged,
    ({ pool }) => signature(pool),
    (group) => group,
  );
  for (const group of alike.values()) {
    const pools = group.map(({ pool }) => pool);
    for (const [i, interval] of intervalsOf(pools).entries())
      intervals.set(pools[i] as Pool, interval);
  }
  return judged.map(({ pairs, splits, pool }) => ({
    ...pointScore(pairs, splits, pool),
    ...(intervals.get(pool) as Interval),
  }));
}

type Interval = Pick<Score, 'ci_low' | 'ci_high' | 'ci_method'>;

function pointScore(
  pairs: readonly JudgedPair[],
  splits: readonly (readonly JudgedPair[])[],
  { n }: Pool,
): Omit<Score, keyof Interval> {
  const accuracies = splits.map((group) => mean(group.map(credit)));
  const accuracy = mean(accuracies);
  return {
    n_pairs: pairs.length,
    n_splits: splits.length,
    n_variants: n,
    accuracy,
    error_rate: 1 - accuracy,
    pooled_accuracy: mean(pairs.map(credit)),
    std: splits.length > 1 ? deviation(accuracies, accuracy) : null,
  };
}

function deviation(values: readonly number[], centre: number): number {
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/**
 * Agreement and weight of every pair of variants over all splits. A pair weighs 1 / pairs of its split
 * in each, so that the whole pool's accuracy is the mean over splits.
 */
interface Pool {
  readonly n: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly agreed: Float64Array;
  readonly weight: Float64Array;
}

function poolOf(splits: readonly (readonly JudgedPair[])[]): Pool {
  const ids = [...new Set(splits.flatMap((group) => group.flatMap(({ a, b }) => [a, b])))].sort();
  const index = new Map(ids.map((id, i) => [id, i]));
  const pooled = new Map<number, [agreed: number, weight: number]>();
  for (const group of splits)
    for (const pair of group) {
      const [i, j] = [index.get(pair.a) ?? 0, index.get(pair.b) ?? 0];
      const key = Math.min(i, j) * ids.length + Math.max(i, j);
      const [agreed, weight] = pooled.get(key) ?? [0, 0];
      pooled.set(key, [agreed + credit(pair) / group.length, weight + 1 / group.length]);
    }
  const keys = [...pooled.keys()].sort((a, b) => a - b);
  return {
    n: ids.length,
    first: Int32Array.from(keys, (key) => Math.floor(key / ids.length)),
    second: Int32Array.from(keys, (key) => key % ids.length),
    agreed: Float64Array.from(keys, (key) => pooled.get(key)?.[0] ?? 0),
    weight: Float64Array.from(keys, (key) => pooled.get(key)?.[1] ?? 0),
  };
}

/** Equal for pools of the same pairs, weighed alike. */
function signature({ n, first, second, weight }: Pool): string {
  return [n, first.join(), second.join(), weight.join()].join(';');
}

function intervalsOf(pools: readonly Pool[]): Interval[] {
  const isLarge = (pools[0]?.n ?? 0) > MOST_BOOTSTRAPPED;
  return isLarge ? pools.map(jackknife) : bootstrap(pools);
}

/**
 * Resamples variants with all their pairs of all splits. What was trained is held fixed: the interval
 * is of the predictors as they were trained, for other variants to ask about.
 */
function bootstrap(pools: readonly Pool[]): Interval[] {
  const [pool] = pools;
  if (!pool) return [];
  const rng = xoroshiro128plus(SEED);
  const drawn = pools.map((): number[] => []);
  const times = new Float64Array(pool.first.length);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const total = weigh(pool, drawCounts(pool.n, rng), times);
    // Where few pairs are asked about, a resample may have none.
    if (total > 0) pools.forEach(({ agreed }, i) => drawn[i]?.push(dot(times, agreed) / total));
  }
  return drawn.map((accuracies) => {
    const sorted = Float64Array.from(accuracies).sort();
    return {
      ci_low: quantile(sorted, 0.025),
      ci_high: quantile(sorted, 0.975),
      ci_method: 'bootstrap-variants',
    };
  });
}

/** Writes how often each pair stands in the resample into `times`; returns the weight of them all. */
function weigh({ first, second, weight }: Pool, counts: Float64Array, times: Float64Array): number {
  let total = 0;
  for (let k = 0; k < times.length; k++) {
    const both = (counts[first[k] as number] as number) * (counts[second[k] as number] as number);
    times[k] = both;
    total += both * (weight[k] as number);
  }
  return total;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

/** As for all pairs (intervals.ts): leaves out one variant at a time. */
function jackknife(pool: Pool): Interval {
  const agreed = new Float64Array(pool.n);
  const weight = new Float64Array(pool.n);
  for (let k = 0; k < pool.first.length; k++)
    for (const i of [pool.first[k] as number, pool.second[k] as number]) {
      agreed[i] = (agreed[i] as number) + (pool.agreed[k] as number);
      weight[i] = (weight[i] as number) + (pool.weight[k] as number);
    }
  const [sum, total] = [pool.agreed.reduce(add, 0), pool.weight.reduce(add, 0)];
  const left = Array.from(agreed, (its, i) => (sum - its) / (total - (weight[i] as number)));
  const centre = mean(left);
  const accuracy = sum / total;
  const squares = left.reduce((all, value) => all + (value - centre) ** 2, 0);
  const half = 1.96 * Math.sqrt(((pool.n - 1) / pool.n) * squares);
  return {
    ci_low: Math.max(0, accuracy - half),
    ci_high: Math.min(1, accuracy + half),
    ci_method: 'jackknife-variants',
  };
}

function add(a: number, b: number): number {
  return a + b;
}
