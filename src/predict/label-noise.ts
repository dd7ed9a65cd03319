/**
 * Which pairs have a real order? An outcome depends on its SFT seed and on the choice of items; a
 * difference within that noise cannot be predicted.
 */
import { judgedAccuracy } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { mapGroups, mean } from './measurements';
import { pooledSeeds } from './noise';
import { studentQuantile } from './student';
import type { Target } from './targets';
import type { Row } from '../dataset/tables';

type Outcome = Row<'outcomes'>;

export interface LabelNoise {
  /** The source of the noise estimate; `none` if neither was recorded. */
  readonly source: 'seeds' | 'stderr' | 'seeds+stderr' | 'none';
  /** Degrees of freedom of the spread between seeds; null if it was not used. */
  readonly freedom: number | null;
  /** Variance of each variant's outcome. Empty if the source is `none`. */
  readonly variances: ReadonlyMap<string, number>;
}

/**
 * The spread between seeds is pooled over variants, since two seeds give little information about
 * one. Standard errors over items are added as if the variants of a pair had different items: if
 * they had the same items, fewer pairs count as resolved than could.
 */
export function labelNoise({ rows: outcomes }: Pick<Target, 'rows'>): LabelNoise {
  const seeds = pooledSeeds(outcomes);
  const hasErrors = outcomes.length > 0 && outcomes.every((row) => row.stderr !== null);
  const hasSeeds = seeds.variance !== null;
  if (!hasSeeds && !hasErrors) return { source: 'none', freedom: null, variances: new Map() };
  return {
    source: hasSeeds ? (hasErrors ? 'seeds+stderr' : 'seeds') : 'stderr',
    freedom: hasSeeds ? seeds.freedom : null,
    variances: mapGroups(
      outcomes,
      (row) => row.variant_id,
      (group) => varianceOfMean(group, seeds.variance ?? 0, hasErrors),
    ),
  };
}

/** An outcome is the mean over datasets of means over seeds; seeds have the same items. */
function varianceOfMean(rows: readonly Outcome[], seeds: number, hasErrors: boolean): number {
  const datasets = mapGroups(
    rows,
    (row) => row.dataset,
    (group) =>
      seeds / group.length + (hasErrors ? mean(group.map((row) => (row.stderr ?? 0) ** 2)) : 0),
  );
  const variances = [...datasets.values()];
  return variances.reduce((sum, value) => sum + value, 0) / variances.length ** 2;
}

export interface Resolution {
  readonly source: LabelNoise['source'];
  readonly n_pairs: number;
  /**
   * Share of pairs whose outcomes differ by less than their noise at 95%; null if it is unknown.
   */
  readonly unresolved: number | null;
  readonly n_resolved: number | null;
  /** Accuracy on the resolved pairs; null if there are none, or if the noise is unknown. */
  readonly accuracy_resolved: number | null;
}

/** A tie is never resolved, however low the noise. */
export function resolvePairs(pairs: readonly JudgedPair[], noise: LabelNoise): Resolution {
  const { source } = noise;
  const n_pairs = pairs.length;
  if (source === 'none')
    return { source, n_pairs, unresolved: null, n_resolved: null, accuracy_resolved: null };
  const resolved = pairs.filter((pair) => isResolved(pair, noise));
  return {
    source,
    n_pairs,
    unresolved: n_pairs ? 1 - resolved.length / n_pairs : null,
    n_resolved: resolved.length,
    accuracy_resolved: resolved.length ? judgedAccuracy(resolved).accuracy : null,
  };
}

export function isResolved(
  { a, b, outcome_a, outcome_b }: JudgedPair,
  { variances, freedom }: LabelNoise,
): boolean {
  const variance = (variances.get(a) ?? Infinity) + (variances.get(b) ?? Infinity);
  const gap = Math.abs(outcome_a - outcome_b);
  return gap > 0 && gap > studentQuantile(freedom) * Math.sqrt(variance);
}
