/** The accuracy of predictors on pairs, with intervals over variants. */
import { agreedWithOthers, agreement, pairwiseAccuracy, type Scored } from '../domain/pairs';
import { credit, splitsOf } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { mapGroups, mean } from './measurements';
import {
  jackknife,
  MOST_BOOTSTRAPPED,
  percentiles,
  resample,
  type Interval,
  type PairTable,
} from './resampling';
import { tabulate } from './spread';

export interface Score extends Interval {
  /** Number of test pairs of all splits together. */
  readonly n_pairs: number;
  readonly n_splits: number;
  readonly n_variants: number;
  /**
   * Mean over splits of the share of pairs whose better variant was named; a tie counts one half.
   */
  readonly accuracy: number;
  readonly error_rate: number;
  /** Share of all pairs, so that large splits count more; the same if splits are of equal size. */
  readonly pooled_accuracy: number;
  /** Standard deviation over splits; null for a single one. */
  readonly std: number | null;
}

/**
 * The scores of orders of variants over all their pairs, which are not stored: there may be
 * millions.
 */
export function scoreOrders(orders: readonly (readonly Scored[])[]): Score[] {
  const intervals = new Map<readonly Scored[], Interval>();
  const alike = mapGroups(
    orders,
    ({ length }) => String(length),
    (group) => group,
  );
  for (const group of alike.values())
    orderIntervals(group).forEach((interval, i) =>
      intervals.set(group[i] as readonly Scored[], interval),
    );
  return orders.map((variants) => {
    const { n_pairs, accuracy } = pairwiseAccuracy(variants);
    const known = { n_pairs, n_splits: 1, n_variants: variants.length, std: null };
    const rates = { accuracy, error_rate: 1 - accuracy, pooled_accuracy: accuracy };
    return { ...known, ...rates, ...(intervals.get(variants) as Interval) };
  });
}

/** For orders of the same number of variants, which share their resamples. */
function orderIntervals(orders: readonly (readonly Scored[])[]): Interval[] {
  const n = orders[0]?.length ?? 0;
  if (n > MOST_BOOTSTRAPPED) {
    const weight = new Float64Array(n).fill(n - 1);
    return orders.map((variants) => jackknife(agreedWithOthers(variants), weight));
  }
  const drawn = resample(allPairs(n, orders), ([all = 0, ...agreed]) =>
    agreed.map((sum) => sum / all),
  );
  return drawn.map(percentiles);
}

/** For each pair 1, and whether each order agrees with it. */
function allPairs(n: number, orders: readonly (readonly Scored[])[]): PairTable {
  const pairs = (n * (n - 1)) / 2;
  const [first, second] = [new Int32Array(pairs), new Int32Array(pairs)];
  const columns = [new Float64Array(pairs).fill(1), ...orders.map(() => new Float64Array(pairs))];
  let k = 0;
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++, k++) {
      first[k] = i;
      second[k] = j;
      orders.forEach((order, o) => {
        (columns[o + 1] as Float64Array)[k] = agreement(order[i] as Scored, order[j] as Scored);
      });
    }
  return { n_variants: n, first, second, columns };
}

/** The score of one predictor. Throws TypeError if there are no pairs. */
export function score(pairs: readonly JudgedPair[]): Score {
  const [only] = scoreAll([pairs]);
  if (only) return only;
  throw new TypeError('A score needs at least one judged pair.');
}

interface Judged {
  readonly pairs: readonly JudgedPair[];
  readonly splits: readonly (readonly JudgedPair[])[];
  readonly table: PairTable;
}

/** The scores of several predictors; those with the same test pairs share their resamples. */
export function scoreAll(predictors: readonly (readonly JudgedPair[])[]): Score[] {
  const judged = predictors.map(judgedOf);
  const intervals = new Map<Judged, Interval>();
  for (const group of mapGroups(judged, signature, (alike) => alike).values())
    intervalsOf(group).forEach((interval, i) => intervals.set(group[i] as Judged, interval));
  return judged.map((one) => ({ ...pointScore(one), ...(intervals.get(one) as Interval) }));
}

/**
 * The weight of a pair is inversely proportional to the number of pairs in its split, so that the
 * overall accuracy is the mean over splits.
 */
function judgedOf(pairs: readonly JudgedPair[]): Judged {
  if (!pairs.length) throw new TypeError('A score needs at least one judged pair.');
  const splits = splitsOf(pairs);
  const unit = splits[0]?.length ?? 0;
  const numbers = splits.flatMap((group) =>
    group.map((pair) => {
      const weight = unit / group.length;
      return { a: pair.a, b: pair.b, numbers: [weight, weight * credit(pair)] };
    }),
  );
  return { pairs, splits, table: tabulate(numbers) };
}

/** Equal for tables of the same pairs with the same weights. */
function signature({ table: { n_variants, first, second, columns } }: Judged): string {
  return [n_variants, first.join(), second.join(), columns[0]?.join()].join(';');
}

function pointScore({ pairs, splits, table }: Judged): Omit<Score, keyof Interval> {
  const accuracies = splits.map((group) => mean(group.map(credit)));
  const accuracy = mean(accuracies);
  const squares = accuracies.map((value) => (value - accuracy) ** 2);
  return {
    n_pairs: pairs.length,
    n_splits: splits.length,
    n_variants: table.n_variants,
    accuracy,
    error_rate: 1 - accuracy,
    pooled_accuracy: mean(pairs.map(credit)),
    std: splits.length > 1 ? Math.sqrt(mean(squares)) : null,
  };
}

/**
 * The trained predictors are held fixed: the interval is that of these predictors on other
 * variants.
 */
function intervalsOf(alike: readonly Judged[]): Interval[] {
  const [first] = alike;
  if (!first) return [];
  if (first.table.n_variants > MOST_BOOTSTRAPPED)
    return alike.map(({ table }) => jackknifed(table));
  const weights = first.table.columns[0] ?? new Float64Array();
  const columns = [weights, ...alike.map(({ table }) => table.columns[1] ?? new Float64Array())];
  const drawn = resample({ ...first.table, columns }, ([total = 0, ...agreed]) =>
    agreed.map((sum) => sum / total),
  );
  return drawn.map(percentiles);
}

function jackknifed({ n_variants, first, second, columns }: PairTable): Interval {
  const [weight, agreed] = columns.map((column) => {
    const sums = new Float64Array(n_variants);
    for (let k = 0; k < first.length; k++)
      for (const i of [first[k] as number, second[k] as number])
        sums[i] = (sums[i] as number) + (column[k] as number);
    return sums;
  });
  return jackknife(agreed ?? new Float64Array(), weight ?? new Float64Array());
}
