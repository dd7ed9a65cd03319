/** In what the variants of a study differ, and which settings change together. Pure. */
import { countPairs, pairwiseAccuracy } from '../domain/pairs';
import type { FeatureTable } from '../predict/feature-table';
import { scoredVariants } from '../predict/judge';
import { mapGroups, type ByVariant } from '../predict/measurements';
import { isName, NOT_SET, sameDecision, varies, type Setting } from '../predict/settings';
import { compact } from './format';

export interface Factor {
  readonly name: string;
  /** Its different values as text, in order of appearance. */
  readonly values: readonly string[];
  /** Number of pairs of variants that differ in nothing else. */
  readonly pairs_alone: number;
  /** Task -> accuracy of ordering variants by this number alone; null if it is not a number. */
  readonly accuracies: ReadonlyMap<string, number> | null;
}

export interface Factors {
  readonly factors: readonly Factor[];
  readonly n_pairs: number;
  /** Pairs that differ in several factors at once. */
  readonly pairs_mixed: number;
}

/** With fewer different values nearly all pairs are ties. */
const LEAST_ORDERED_VALUES = 3;

export function findFactors(table: FeatureTable): Factors {
  const { variants } = table;
  const settings = distinctSettings(table);
  const { alone, mixed } = countDifferences(settings, variants);
  const factors = settings.map((setting, i) => ({
    name: setting.name,
    values: [...new Set(variants.map((id) => textOf(setting, id)))],
    pairs_alone: alone[i] ?? 0,
    accuracies: orderedBy(setting, table),
  }));
  return { factors, n_pairs: countPairs(variants.length), pairs_mixed: mixed };
}

/**
 * The settings in which variants differ; weights that are equivalent to a mixture's name are not
 * counted in addition to it.
 */
function distinctSettings({ settings, variants }: FeatureTable): Setting[] {
  return [...settings.values()].filter((one) => {
    if (!varies(one, variants) || isName(one)) return false;
    const same = [...sameDecision(settings, one.name, variants)];
    return !one.record || same.every((name) => settings.get(name)?.record === one.record);
  });
}

/**
 * For each factor, the pairs that differ in it alone; and the pairs that differ in several. Counted
 * by groups of equal settings, not pair by pair: the pairs that agree in all but one factor, minus
 * those that agree in all.
 */
function countDifferences(settings: readonly Setting[], variants: readonly string[]) {
  const equal = pairsThatAgree(settings, variants);
  const alone = settings.map(
    (left) =>
      pairsThatAgree(
        settings.filter((one) => one !== left),
        variants,
      ) - equal,
  );
  const one = alone.reduce((sum, pairs) => sum + pairs, 0);
  return { alone, mixed: countPairs(variants.length) - equal - one };
}

function pairsThatAgree(settings: readonly Setting[], variants: readonly string[]): number {
  const key = (id: string) => JSON.stringify(settings.map(({ values }) => values.get(id) ?? null));
  const sizes = mapGroups(variants, key, (group) => group.length);
  return [...sizes.values()].reduce((sum, size) => sum + countPairs(size), 0);
}

function orderedBy(
  { kind, values }: Setting,
  table: FeatureTable,
): ReadonlyMap<string, number> | null {
  const isOrdered = kind === 'number' && values.size === table.variants.length;
  if (!isOrdered || new Set(values.values()).size < LEAST_ORDERED_VALUES) return null;
  const scored = [...table.targets.keys()].map((task) => {
    return [task, [...scoredVariants(table, task, values as ByVariant).values()]] as const;
  });
  const judged = scored.filter(([, list]) => list.length > 1);
  return new Map(judged.map(([task, list]) => [task, pairwiseAccuracy(list).accuracy]));
}

function textOf({ values }: Setting, id: string): string {
  const value = values.get(id);
  if (value === undefined) return NOT_SET;
  return typeof value === 'number' ? compact(value) : String(value);
}
