/** Measurements that a reader should check; they are listed, never corrected. Pure. */
import type { Measure } from '../domain/words';
import type { FeatureTable } from './feature-table';
import { mapGroups, type ByVariant } from './measurements';
import { rawValue } from './targets';

export interface Outlier {
  readonly variant_id: string;
  /** The indicator, or the target of the outcome. */
  readonly name: string;
  /** As measured. */
  readonly value: number;
  readonly median: number;
  /** Whether it is on the bad side of the median. */
  readonly is_worse: boolean;
}

export interface Oddities {
  /** Groups of variants that agree in every number. */
  readonly equal: readonly (readonly string[])[];
  readonly outliers: readonly Outlier[];
}

/**
 * Distance from the median, in median absolute deviations, at which a failure is more likely than a
 * result.
 */
const FAR = 20;
/**
 * With fewer numbers variants may agree by chance, and with fewer variants a median is not
 * reliable.
 */
const LEAST_NUMBERS = 4;
const LEAST_VARIANTS = 10;

export function findOddities({
  variants,
  indicators,
  targets,
}: Pick<FeatureTable, 'variants' | 'indicators' | 'targets'>): Oddities {
  const columns: Columns = [
    ...indicators.values(),
    ...[...targets.values()].map((target) => ({ ...target, values: target.outcomes })),
  ];
  return {
    equal: equalVariants(variants, columns),
    outliers: columns.flatMap(outliersOf),
  };
}

interface Column extends Measure {
  /** Higher is better. */
  readonly values: ByVariant;
}
type Columns = readonly Column[];

function equalVariants(variants: readonly string[], columns: Columns): string[][] {
  const numbers = (id: string) => columns.map(({ values }) => values.get(id) ?? null);
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

function outliersOf({ name, better, values }: Column): Outlier[] {
  if (values.size < LEAST_VARIANTS) return [];
  const center = median([...values.values()]);
  const spread = median([...values.values()].map((value) => Math.abs(value - center)));
  return [...values]
    .filter(([, value]) => spread > 0 && Math.abs(value - center) > FAR * spread)
    .map(([variant_id, value]) => ({
      ...{ variant_id, name, is_worse: value < center },
      value: rawValue({ better }, value),
      median: rawValue({ better }, center),
    }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? NaN) + (sorted[high] ?? NaN)) / 2;
}
