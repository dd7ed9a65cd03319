/** One number a variant: what fits and reports read out of the tables. */
import { BASE_VARIANT, runId } from '../domain/ids';
import type { Row } from '../dataset/tables';

/** The rows of one study. */
export interface StudyRows {
  readonly variants: readonly Row<'variants'>[];
  readonly indicators: readonly Row<'indicators'>[];
  readonly outcomes: readonly Row<'outcomes'>[];
}

export type ByVariant = ReadonlyMap<string, number>;

export interface Measured {
  /** Ids of the variants that are compared, in the order in which they were recorded. */
  readonly variants: readonly string[];
  /** Indicator -> variant -> value over all domains. */
  readonly indicators: ReadonlyMap<string, ByVariant>;
  /** Task -> variant -> mean outcome. */
  readonly outcomes: ReadonlyMap<string, ByVariant>;
}

/** Of a task that has several metrics, the first of these is its outcome, else the first recorded. */
const PRIMARY_METRICS = ['accuracy', 'exact_match', 'score'];

export function measure(rows: StudyRows): Measured {
  const variants = comparedVariants(rows.variants).map((row) => row.variant_id);
  const listed = new Set(variants);
  const indicators = latestIndicators(rows.indicators).filter((row) => listed.has(row.variant_id));
  const outcomes = primaryOutcomes(rows.outcomes).filter((row) => listed.has(row.variant_id));
  return {
    variants,
    indicators: mapGroups(indicators, (row) => row.indicator, valuesByVariant),
    outcomes: mapGroups(outcomes, (row) => row.task, meanOutcomes),
  };
}

/** The newest row of each variant, without the shared checkpoint that trained variants continue. */
export function comparedVariants(rows: readonly Row<'variants'>[]): Row<'variants'>[] {
  const shared = runId(BASE_VARIANT, 'pretrain');
  return latest(rows, (row) => row.variant_id).filter((row) => row.run_id !== shared);
}

/** Values over all domains, the newest attempt of each. */
export function latestIndicators(rows: readonly Row<'indicators'>[]): Row<'indicators'>[] {
  const overall = rows.filter((row) => row.domain === null);
  return latest(overall, (row) => JSON.stringify([row.variant_id, row.indicator]));
}

/** The newest attempt of each score, in the metric that is the outcome of its task. */
export function primaryOutcomes(rows: readonly Row<'outcomes'>[]): Row<'outcomes'>[] {
  const scores = latest(rows, (row) =>
    JSON.stringify([row.variant_id, row.task, row.dataset, row.sft_recipe, row.seed, row.metric]),
  );
  const metrics = mapGroups(scores, (row) => row.task, primaryMetric);
  return scores.filter((row) => row.metric === metrics.get(row.task));
}

function primaryMetric(scores: readonly Row<'outcomes'>[]): string | undefined {
  const recorded = scores.map((row) => row.metric);
  return PRIMARY_METRICS.find((metric) => recorded.includes(metric)) ?? recorded[0];
}

/** Mean over seeds within each dataset, then over datasets; a variant needs every dataset. */
function meanOutcomes(scores: readonly Row<'outcomes'>[]): ByVariant {
  const datasets = [...mapGroups(scores, (row) => row.dataset, meanByVariant).values()];
  const ids = [...new Set(scores.map((row) => row.variant_id))];
  const complete = ids.filter((id) => datasets.every((means) => means.has(id)));
  return new Map(complete.map((id) => [id, mean(datasets.map((means) => means.get(id) ?? NaN))]));
}

function meanByVariant(scores: readonly Row<'outcomes'>[]): ByVariant {
  return mapGroups(
    scores,
    (row) => row.variant_id,
    (group) => mean(group.map((row) => row.value)),
  );
}

function valuesByVariant(rows: readonly Row<'indicators'>[]): ByVariant {
  return new Map(rows.map((row) => [row.variant_id, row.value]));
}

/** The newest row of each key: the highest attempt, of equal ones the last recorded. */
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
