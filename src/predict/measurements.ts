/** The newest measurements of a study's tables, and how they are grouped. */
import { BASE_VARIANT, runId } from '../domain/ids';
import type { Row } from '../dataset/tables';

/** The rows of one study. */
export interface StudyRows {
  readonly variants: readonly Row<'variants'>[];
  readonly indicators: readonly Row<'indicators'>[];
  readonly outcomes: readonly Row<'outcomes'>[];
}

/** A number for each variant that has one. */
export type ByVariant = ReadonlyMap<string, number>;

/**
 * The newest row of each variant, without the shared checkpoint from which trained variants
 * continue.
 */
export function comparedVariants(rows: readonly Row<'variants'>[]): Row<'variants'>[] {
  const shared = runId(BASE_VARIANT, 'pretrain');
  return latest(rows, (row) => row.variant_id).filter((row) => row.run_id !== shared);
}

/** Values over all domains, from the newest attempt of each. */
export function latestIndicators(rows: readonly Row<'indicators'>[]): Row<'indicators'>[] {
  const overall = rows.filter((row) => row.domain === null);
  return latest(overall, (row) => JSON.stringify([row.variant_id, row.indicator]));
}

/** The newest attempt of each score. */
export function latestOutcomes(rows: readonly Row<'outcomes'>[]): Row<'outcomes'>[] {
  return latest(rows, (row) =>
    JSON.stringify([row.variant_id, row.task, row.dataset, row.sft_recipe, row.seed, row.metric]),
  );
}

/** The newest row of each key: the highest attempt; of equal attempts, the one recorded last. */
function latest<T extends { readonly attempt: number }>(
  rows: readonly T[],
  key: (row: T) => string,
): T[] {
  const newest = new Map<string, T>();
  for (const row of rows)
    if (row.attempt >= (newest.get(key(row))?.attempt ?? 0)) newest.set(key(row), row);
  return [...newest.values()];
}

export function mapGroups<T, V>(
  rows: readonly T[],
  key: (row: T) => string,
  map: (group: readonly T[]) => V,
): Map<string, V> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return new Map([...groups].map(([name, group]) => [name, map(group)]));
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** "v2" before "v10". */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);
}
