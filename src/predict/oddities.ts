/** Measurements that a reader should look at twice; they are named, never repaired. Pure. */
import { mapGroups, type ByVariant, type Measured } from './measurements';

export interface Outlier {
  readonly variant_id: string;
  /** The indicator, or the task of the outcome. */
  readonly name: string;
  readonly value: number;
  readonly median: number;
}

export interface Oddities {
  /** Groups of variants that are equal in every number. */
  readonly equal: readonly (readonly string[])[];
  readonly outliers: readonly Outlier[];
}

/** So far from the median, in median absolute deviations, that a failure is likelier than a result. */
const FAR = 20;
/** Equal by chance is no wonder with fewer numbers, and a median says little of fewer variants. */
const LEAST_NUMBERS = 4;
const LEAST_VARIANTS = 10;

export function findOddities(measured: Measured): Oddities {
  const columns = [...measured.indicators, ...measured.outcomes];
  return {
    equal: equalVariants(measured.variants, columns),
    outliers: columns.flatMap(([name, values]) => outliersOf(name, values)),
  };
}

type Columns = readonly (readonly [string, ByVariant])[];

function equalVariants(variants: readonly string[], columns: Columns): string[][] {
  const numbers = (id: string) => columns.map(([, values]) => values.get(id) ?? null);
  const complete = variants.filter(
    (id) => numbers(id).filter((value) => value !== null).length >= LEAST_NUMBERS,
  );
  const groups = mapGroups(
    complete,
    (id) => JSON.stringify(numbers(id)),
    (group) => [...group],
  );
  return [...groups.values()].filter((group) => group.length > 1);
}

function outliersOf(name: string, values: ByVariant): Outlier[] {
  if (values.size < LEAST_VARIANTS) return [];
  const centre = median([...values.values()]);
  const spread = median([...values.values()].map((value) => Math.abs(value - centre)));
  return [...values]
    .filter(([, value]) => spread > 0 && Math.abs(value - centre) > FAR * spread)
    .map(([variant_id, value]) => ({ variant_id, name, value, median: centre }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? NaN) + (sorted[high] ?? NaN)) / 2;
}
