/** What the variants of a study differ in, and what differs together with it. Pure. */
import type { Row } from '../dataset/tables';
import { countPairs, pairwiseAccuracy } from '../domain/pairs';
import { scoredVariants } from '../predict/fit';
import { settingsOf, type Setting, type Settings } from '../predict/configuration';
import { mapGroups, type Measured } from '../predict/measurements';
import { compact } from './format';

export interface Factor {
  readonly name: string;
  /** Its different values as text, in order of appearance. */
  readonly values: readonly string[];
  /** Pairs of variants that differ in nothing else. */
  readonly pairs_alone: number;
  /** Task -> accuracy of ordering variants by this number alone; null for what is no number. */
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

export function findFactors(
  variants: readonly Row<'variants'>[],
  measured: Measured,
  tasks: readonly string[],
): Factors {
  const settings = variants.map(settingsOf);
  const names = varyingNames(settings);
  const { alone, mixed } = countDifferences(settings, names);
  const factors = names.map((name, i) => ({
    name,
    values: [...new Set(settings.map((one) => textOf(one[name])))],
    pairs_alone: alone[i] ?? 0,
    accuracies: orderedBy(name, variants, settings, measured, tasks),
  }));
  return { factors, n_pairs: countPairs(variants.length), pairs_mixed: mixed };
}

function varyingNames(settings: readonly Settings[]): string[] {
  const names = [...new Set(settings.flatMap((one) => Object.keys(one)))];
  return names.filter((name) => new Set(settings.map((one) => one[name])).size > 1);
}

/**
 * Pairs that differ in one factor alone, by factor, and pairs that differ in several. Counted by groups of
 * equal settings, not pair by pair: those that agree in all but one factor, less those that agree in all.
 */
function countDifferences(settings: readonly Settings[], names: readonly string[]) {
  const equal = pairsThatAgree(settings, names);
  const alone = names.map(
    (left) =>
      pairsThatAgree(
        settings,
        names.filter((name) => name !== left),
      ) - equal,
  );
  const one = alone.reduce((sum, pairs) => sum + pairs, 0);
  return { alone, mixed: countPairs(settings.length) - equal - one };
}

function pairsThatAgree(settings: readonly Settings[], names: readonly string[]): number {
  const key = (one: Settings) =>
    JSON.stringify(names.map((name) => [typeof one[name], String(one[name])]));
  const sizes = mapGroups(settings, key, (group) => group.length);
  return [...sizes.values()].reduce((sum, size) => sum + countPairs(size), 0);
}

function orderedBy(
  name: string,
  variants: readonly Row<'variants'>[],
  settings: readonly Settings[],
  measured: Measured,
  tasks: readonly string[],
): ReadonlyMap<string, number> | null {
  const numbers = settings.map((one) => (one[name] === undefined ? NaN : Number(one[name])));
  if (!numbers.every(Number.isFinite) || new Set(numbers).size < LEAST_ORDERED_VALUES) return null;
  const predicted = new Map(variants.map((row, i) => [row.variant_id, numbers[i] ?? NaN]));
  const scored = tasks.map((task) => [task, scoredVariants(measured, predicted, task)] as const);
  const judged = scored.filter(([, list]) => list.length > 1);
  return new Map(judged.map(([task, list]) => [task, pairwiseAccuracy(list).accuracy]));
}

function textOf(value: Setting | undefined): string {
  if (value === undefined) return 'not set';
  return typeof value === 'number' ? compact(value) : String(value);
}
