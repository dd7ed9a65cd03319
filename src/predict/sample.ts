/** What learning to compare sees of a study: variants in order of id, so that the order of rows changes nothing. */
import type { Row } from '../dataset/tables';
import { INDICATORS } from '../domain/vocabulary';
import { configFeatures, settingsOf, type Settings } from './configuration';
import { comparedVariants, measure, type ByVariant, type StudyRows } from './measurements';
import { predict, UNSUPERVISED_PROXIES } from './unsupervised';

export interface Sample {
  /** Ids of the variants that have every indicator, in order. */
  readonly variants: readonly string[];
  /** Feature -> values in the order of `variants`. */
  readonly indicators: ReadonlyMap<string, readonly number[]>;
  readonly config: ReadonlyMap<string, readonly number[]>;
  readonly settings: ReadonlyMap<string, Settings>;
  /** Task -> variant -> outcome; tasks whose outcomes are all the same are left out. */
  readonly outcomes: ReadonlyMap<string, ByVariant>;
  /** Proxy without training -> variant -> score; `config:lr` ranks by the learning rate alone. */
  readonly scores: ReadonlyMap<string, ByVariant>;
  /** What was left out, and what says nothing, in words. */
  readonly notes: readonly string[];
}

/** The proxy that ranks by learning rate: what a supervised result has to beat (papers: a confound). */
export const BY_RATE = 'config:lr';

export function sampleOf(rows: StudyRows, tasks: readonly string[]): Sample {
  const measured = measure(rows);
  const present = INDICATORS.filter((name) => measured.indicators.has(name));
  const lacking = measured.variants.filter(
    (id) => !present.every((name) => measured.indicators.get(name)?.has(id)),
  );
  const variants = measured.variants.filter((id) => !lacking.includes(id)).sort();
  const kept = keptRows(rows.variants, variants);
  const indicators = new Map(
    present.map((name) => [
      name,
      variants.map((id) => measured.indicators.get(name)?.get(id) ?? NaN),
    ]),
  );
  const settings = new Map(kept.map((row) => [row.variant_id, settingsOf(row)]));
  const outcomes = new Map(
    tasks.map((task) => [task, only(measured.outcomes.get(task), variants)]),
  );
  const usable = new Map([...outcomes].filter(([, values]) => new Set(values.values()).size > 1));
  return {
    variants,
    indicators,
    config: configFeatures(kept),
    settings,
    outcomes: usable,
    scores: scoresOf(rows, variants, settings),
    notes: [
      ...INDICATORS.filter((name) => !present.includes(name)).map(
        (name) => `No variant has indicator ${name}: it is no feature.`,
      ),
      ...sentence(
        lacking,
        'lacks an indicator and is left out',
        'lack an indicator and are left out',
      ),
      ...constants(indicators),
      ...tasks.filter((task) => !usable.has(task)).map((task) => whyNot(task, outcomes.get(task))),
    ],
  };
}

function keptRows(rows: readonly Row<'variants'>[], variants: readonly string[]) {
  const byId = new Map(comparedVariants(rows).map((row) => [row.variant_id, row]));
  return variants.flatMap((id) => byId.get(id) ?? []);
}

function only(values: ByVariant | undefined, variants: readonly string[]): ByVariant {
  return new Map(
    variants.flatMap((id) => {
      const value = values?.get(id);
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}

function scoresOf(
  rows: StudyRows,
  variants: readonly string[],
  settings: ReadonlyMap<string, Settings>,
): Map<string, ByVariant> {
  const measured = measure(rows);
  const scores = UNSUPERVISED_PROXIES.map(
    (proxy) => [proxy.name, only(predict(proxy, measured), variants)] as const,
  ).filter(([, values]) => values.size > 0);
  const rates = new Map([...settings].map(([id, { lr }]) => [id, Number(lr)]));
  const known = rates.size > 0 && [...rates.values()].every(Number.isFinite);
  return new Map(known ? [...scores, [BY_RATE, rates]] : scores);
}

function constants(indicators: ReadonlyMap<string, readonly number[]>): string[] {
  return [...indicators]
    .filter(([, values]) => new Set(values).size < 2)
    .map(([name]) => `Indicator ${name} is the same for every variant: it becomes 0.`);
}

function sentence(ids: readonly string[], one: string, many: string): string[] {
  if (!ids.length) return [];
  const names = ids.map((id) => `"${id}"`).join(', ');
  return [ids.length === 1 ? `Variant ${names} ${one}.` : `Variants ${names} ${many}.`];
}

function whyNot(task: string, values: ByVariant | undefined): string {
  return values?.size
    ? `Task ${task} is left out: its outcome is the same for every variant.`
    : `Task ${task} is left out: no variant has an outcome.`;
}
