/** A made-up study: five indicators of which some say something of the outcome. */
import type { FeatureTable } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import type { StudyRows } from '../../src/predict/measurements';
import type { Target } from '../../src/predict/targets';
import { normals } from './judged';
import { indicatorRow, outcomeRow, variantRow } from './rows';
import { INDICATORS, wordsFor } from './words';

/** Variants "v0", "v1", ...; the outcome is the sum of the first two indicators plus noise. */
export function madeUp(n: number, seed = 1, noise = 0.5): FeatureTable {
  const normal = normals(seed);
  const variants = Array.from({ length: n }, (_, i) => `v${i}`);
  const draw = () => new Map(variants.map((id) => [id, normal()]));
  const indicators = new Map(INDICATORS.map((name) => [name, draw()]));
  const [first, second] = [...indicators.values()];
  const outcome = (id: string) =>
    (first?.get(id) ?? NaN) + (second?.get(id) ?? NaN) + noise * normal();
  return featuresOf(wordsFor('cms'), {
    variants: variants.map((id) => variantRow(id)),
    indicators: [...indicators].flatMap(([name, values]) =>
      [...values].map(([id, value]) => indicatorRow(id, name, value)),
    ),
    outcomes: variants.map((id) => outcomeRow(id, 'cms', outcome(id))),
  });
}

/** A study whose indicators and outcomes on CMS are given by variant. */
export function tableOf(
  variants: readonly string[],
  indicators: Readonly<Record<string, (id: string) => number>>,
  outcome: (id: string) => number,
): FeatureTable {
  const rows: StudyRows = {
    variants: variants.map((id) => variantRow(id)),
    indicators: Object.entries(indicators).flatMap(([name, valueOf]) =>
      variants.map((id) => indicatorRow(id, name, valueOf(id))),
    ),
    outcomes: variants.map((id) => outcomeRow(id, 'cms', outcome(id))),
  };
  return featuresOf(wordsFor('cms'), rows);
}

export function cmsOf({ targets }: FeatureTable): Target {
  const target = targets.get('cms');
  if (target) return target;
  throw new TypeError('the study has the task cms');
}

export function reversed(table: FeatureTable): FeatureTable {
  return { ...table, variants: [...table.variants].reverse() };
}

/** The same study with other outcomes for some variants; null takes an outcome away. */
export function withOutcomes(
  table: FeatureTable,
  changes: Readonly<Record<string, number | null>>,
): FeatureTable {
  const target = cmsOf(table);
  const outcomes = new Map(target.outcomes);
  for (const [id, value] of Object.entries(changes))
    if (value === null) outcomes.delete(id);
    else outcomes.set(id, value);
  return { ...table, targets: new Map([['cms', { ...target, outcomes }]]) };
}

/** The same study with other indicators for one variant; null takes one away. */
export function withIndicators(
  table: FeatureTable,
  id: string,
  values: Readonly<Record<string, number | null>>,
): FeatureTable {
  const indicators = new Map(
    [...table.indicators].map(([name, known]) => {
      const changed = new Map(known.values);
      const value = values[name];
      if (value === null) changed.delete(id);
      else if (value !== undefined) changed.set(id, value);
      return [name, { ...known, values: changed }] as const;
    }),
  );
  return { ...table, indicators };
}

export function indicatorsOf({ indicators }: FeatureTable, id: string): Record<string, number> {
  return Object.fromEntries(
    [...indicators.values()].map(({ name, values }) => [name, values.get(id) ?? NaN]),
  );
}
