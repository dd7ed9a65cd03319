/** How much of the spread between variants is noise: seeds and standard errors. Pure. */
import type { Row } from '../dataset/tables';
import type { FeatureTable } from './feature-table';
import { mapGroups, mean, type ByVariant } from './measurements';

export interface Noise {
  readonly kind: 'outcome' | 'indicator';
  /** Name of the target or indicator. */
  readonly name: string;
  readonly n_variants: number;
  /** Standard deviation between variants, over the means of their seeds. */
  readonly between: number | null;
  /** Standard deviation between fine-tuning seeds of one variant, pooled over variants. */
  readonly seeds: number | null;
  /** The largest number of seeds of any variant. */
  readonly n_seeds: number;
  /** Root mean square of the recorded standard errors. */
  readonly stderr: number | null;
  /** Number of items of a value, if all rows agree. */
  readonly n_items: number | null;
}

type Measurement = Row<'indicators'> | Row<'outcomes'>;

export function noiseOf({ targets, indicators }: FeatureTable): Noise[] {
  const all = [
    ...[...targets.values()].map(({ name, outcomes, rows }) => ({
      ...noise('outcome', name, outcomes, rows),
      ...seedsOf(rows),
    })),
    ...[...indicators.values()].map(({ name, values, rows }) =>
      noise('indicator', name, values, rows),
    ),
  ];
  return all.filter((one) => one.n_variants > 0);
}

/**
 * Spread between variants divided by the noise of one measurement; null if the noise is unknown.
 */
export function signalRatio({ between, seeds, stderr }: Noise): number | null {
  const noiseLevel = seeds ?? stderr;
  return between === null || !noiseLevel ? null : between / noiseLevel;
}

function noise(
  kind: Noise['kind'],
  name: string,
  values: ByVariant,
  rows: readonly Measurement[],
): Noise {
  const errors = rows.flatMap((row) => (row.stderr === null ? [] : [row.stderr]));
  const items = new Set(rows.map((row) => row.n));
  return {
    kind,
    name,
    n_variants: values.size,
    between: deviation([...values.values()]),
    seeds: null,
    n_seeds: 0,
    stderr: errors.length ? Math.sqrt(mean(errors.map((error) => error ** 2))) : null,
    n_items: items.size === 1 ? ([...items][0] ?? null) : null,
  };
}

function seedsOf(rows: readonly Row<'outcomes'>[]): Pick<Noise, 'seeds' | 'n_seeds'> {
  const { variance, n_seeds } = pooledSeeds(rows);
  return { seeds: variance === null ? null : Math.sqrt(variance), n_seeds };
}

export interface PooledSeeds {
  /**
   * Variance between SFT seeds of one variant, pooled over variants; null if no variant has two.
   */
  readonly variance: number | null;
  readonly freedom: number;
  /** The largest number of seeds of any variant. */
  readonly n_seeds: number;
}

/** Seeds are compared within one variant, dataset and SFT recipe. */
export function pooledSeeds(rows: readonly Row<'outcomes'>[]): PooledSeeds {
  const key = (row: Row<'outcomes'>) =>
    JSON.stringify([row.variant_id, row.dataset, row.sft_recipe]);
  const groups = [...mapGroups(rows, key, (group) => group.map((row) => row.value)).values()];
  const freedom = groups.reduce((sum, group) => sum + group.length - 1, 0);
  const squares = groups.reduce((sum, group) => sum + squaresAround(group), 0);
  return {
    variance: freedom ? squares / freedom : null,
    freedom,
    n_seeds: Math.max(0, ...groups.map((group) => group.length)),
  };
}

function deviation(values: readonly number[]): number | null {
  return values.length > 1 ? Math.sqrt(squaresAround(values) / (values.length - 1)) : null;
}

function squaresAround(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0);
}
