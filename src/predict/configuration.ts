/** What was decided before pre-training: a variant's settings, and numbers that a learner can take. */
import type { Row } from '../dataset/tables';

export type Setting = string | number | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/** The plain values of a variant's configuration; the columns of the table come first. */
export function settingsOf(row: Row<'variants'>): Settings {
  const { objective, mixture, lr, train_tokens } = row;
  const columns = Object.entries({ objective, mixture, lr, train_tokens });
  const known = columns.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const plain = Object.entries(configOf(row)).filter(
    ([name, value]) => name !== 'id' && isPlain(value),
  );
  return Object.fromEntries([...plain, ...known]) as Settings;
}

function configOf(row: Row<'variants'>): Record<string, unknown> {
  return JSON.parse(row.config_json) as Record<string, unknown>;
}

function isPlain(value: unknown): value is Setting {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Feature -> values in the order of `rows`; what is the same for all of them is no feature. */
export function configFeatures(rows: readonly Row<'variants'>[]): Map<string, number[]> {
  const settings = rows.map(settingsOf);
  const columns = [
    ...oneHot('objective', settings),
    ...logRate(settings),
    ...(mixtureWeights(rows) ?? oneHot('mixture', settings)),
    ...oneHot('tag', settings),
    ...oneHot('length_filter', settings),
  ];
  return new Map(columns.filter(([, values]) => new Set(values).size > 1));
}

/** Whether a feature is of this setting: `log_lr` of `lr`, `weight:web` of `mixture`. */
export function isOfSetting(feature: string, setting: string): boolean {
  if (setting === 'lr') return feature === 'log_lr';
  const isWeight = setting === 'mixture' && feature.startsWith('weight:');
  return isWeight || feature.startsWith(`${setting}=`);
}

type Column = readonly [name: string, values: number[]];

/** A column for each value, but one for two: the other would be its mirror. */
function oneHot(name: string, settings: readonly Settings[]): Column[] {
  const values = settings.map((one) => String(one[name] ?? ''));
  const kinds = [...new Set(values)].sort();
  const shown = kinds.length === 2 ? kinds.slice(1) : kinds;
  return shown.map((kind) => [`${name}=${kind}`, values.map((value) => Number(value === kind))]);
}

/** Rates differ by factors, not by steps. Left out unless every variant has one. */
function logRate(settings: readonly Settings[]): Column[] {
  const rates = settings.map(({ lr }) => Number(lr));
  return rates.every((rate) => rate > 0) ? [['log_lr', rates.map(Math.log)]] : [];
}

/** Null unless every variant's configuration has the weights of its mixture. */
function mixtureWeights(rows: readonly Row<'variants'>[]): Column[] | null {
  const weights = rows.map((row) => configOf(row).weights);
  if (!weights.every(isWeights)) return null;
  const domains = [...new Set(weights.flatMap((one) => Object.keys(one)))].sort();
  return domains.map((domain) => [
    `weight:${domain}`,
    weights.map((one) => Number(one[domain] ?? 0)),
  ]);
}

function isWeights(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null;
}
