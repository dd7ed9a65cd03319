/**
 * What was decided before pre-training: the settings of variants, and the numeric features made of
 * them.
 */
import type { Row } from '../dataset/tables';
import { mapGroups, type ByVariant } from './measurements';

export type SettingValue = string | number | boolean;

export interface Setting {
  readonly name: string;
  /** Whether its values are numbers; a setting of several types is a category. */
  readonly kind: 'number' | 'category' | 'boolean';
  /** The record that contains it: `weights` for `weights.web`. */
  readonly record: string | null;
  readonly values: ReadonlyMap<string, SettingValue>;
}

export type Settings = ReadonlyMap<string, Setting>;

/**
 * Every setting of the configuration, in the order in which they first appear; ids are not
 * settings.
 */
export function settingsOf(rows: readonly Row<'variants'>[]): Settings {
  const known = new Map<string, { record: string | null; values: Map<string, SettingValue> }>();
  const put = (id: string, name: string, value: SettingValue, record: string | null) => {
    const setting = known.get(name) ?? { record, values: new Map<string, SettingValue>() };
    known.set(name, setting);
    setting.values.set(id, value);
  };
  const configs = rows.map((row) => [row.variant_id, configOf(row)] as const);
  const keys = keysOfRecords(configs.map(([, config]) => config));
  for (const [id, config] of configs)
    for (const [field, value] of Object.entries(config))
      if (isPlain(value)) put(id, field, value, null);
      else if (isRecord(value))
        for (const [key, part] of partsOf(value, keys.get(field) ?? []))
          put(id, `${field}.${key}`, part, field);
  return new Map([...known].map(([name, one]) => [name, { name, kind: kindOf(one), ...one }]));
}

function configOf({ config_json }: Row<'variants'>): Record<string, unknown> {
  const { id: _, ...config } = JSON.parse(config_json) as Record<string, unknown>;
  return config;
}

function keysOfRecords(
  configs: readonly Readonly<Record<string, unknown>>[],
): ReadonlyMap<string, readonly string[]> {
  const records = configs.flatMap((config) =>
    Object.entries(config).flatMap(([field, value]) =>
      isRecord(value) ? Object.keys(value).map((key) => ({ field, key })) : [],
    ),
  );
  return mapGroups(
    records,
    ({ field }) => field,
    (group) => [...new Set(group.map(({ key }) => key))].sort(),
  );
}

type Parts = Readonly<Record<string, SettingValue>>;

/** Numbers that sum to 1 are shares of a whole: a part without a value is 0. */
function partsOf(record: Parts, keys: readonly string[]): [string, SettingValue][] {
  const values = Object.values(record);
  const total = values.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : NaN), 0);
  const areShares = Math.abs(total - 1) < 1e-3;
  return keys.flatMap((key): [string, SettingValue][] => {
    const part = record[key] ?? (areShares ? 0 : undefined);
    return part === undefined ? [] : [[key, part]];
  });
}

function isPlain(value: unknown): value is SettingValue {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Parts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const parts: unknown[] = Object.values(value);
  return parts.length > 0 && parts.every(isPlain);
}

function kindOf({ values }: { readonly values: Setting['values'] }): Setting['kind'] {
  const types = new Set([...values.values()].map((value) => typeof value));
  if (types.size > 1) return 'category';
  return types.has('number') ? 'number' : types.has('boolean') ? 'boolean' : 'category';
}

/** Whether variants differ in it; a variant without a value differs from one with a value. */
export function varies({ values }: Setting, variants: readonly string[]): boolean {
  return new Set(variants.map((id) => values.get(id))).size > 1;
}

/**
 * Whether it is a name: if no two variants share a category, it carries no information about
 * another one.
 */
export function isName({ kind, values }: Setting): boolean {
  return kind === 'category' && values.size > 2 && new Set(values.values()).size === values.size;
}

export const NOT_SET = 'not set';

export function textOf({ values }: Setting, id: string): string {
  const value = values.get(id);
  return value === undefined ? NOT_SET : String(value);
}

/**
 * The settings that are equivalent to this one, such as the weights of a mixture and the mixture's
 * name. They are one decision, so that all are held out together.
 */
export function sameDecision(
  settings: Settings,
  name: string,
  variants: readonly string[],
): ReadonlySet<string> {
  const record = settings.get(name)?.record;
  if (record)
    return new Set([...membersOf(settings, record), ...namesOf(settings, record, variants)]);
  const records = recordsOf(settings).filter((one) =>
    namesOf(settings, one, variants).includes(name),
  );
  return new Set([name, ...records.flatMap((one) => membersOf(settings, one))]);
}

function recordsOf(settings: Settings): string[] {
  return [...new Set([...settings.values()].flatMap(({ record }) => record ?? []))];
}

function membersOf(settings: Settings, record: string): string[] {
  return [...settings.values()].filter((one) => one.record === record).map(({ name }) => name);
}

/** Categories that change exactly when the record does. */
function namesOf(settings: Settings, record: string, variants: readonly string[]): string[] {
  const members = membersOf(settings, record).flatMap((name) => settings.get(name) ?? []);
  const whole = (id: string) => JSON.stringify(members.map(({ values }) => values.get(id) ?? null));
  return [...settings.values()]
    .filter(({ kind }) => kind === 'category')
    .filter((one) => changeTogether(variants.map((id) => [textOf(one, id), whole(id)])))
    .map(({ name }) => name);
}

function changeTogether(pairs: readonly (readonly [string, string])[]): boolean {
  const [one, two] = [new Set(pairs.map(([a]) => a)), new Set(pairs.map(([, b]) => b))];
  const both = new Set(pairs.map((pair) => JSON.stringify(pair)));
  return both.size > 1 && both.size === one.size && both.size === two.size;
}

/**
 * Feature -> values, for learners: numbers that every variant has (their logarithm if they differ
 * by a factor of ten), and a column for each value of a category. Constants are not features.
 */
export function learnerColumns(
  settings: Settings,
  variants: readonly string[],
): ReadonlyMap<string, ByVariant> {
  const named = new Set(recordsOf(settings).flatMap((one) => namesOf(settings, one, variants)));
  const columns = [...settings.values()]
    .filter((one) => varies(one, variants) && !named.has(one.name) && !isName(one))
    .flatMap((one) => columnsOf(one, variants));
  return new Map(columns);
}

type Column = readonly [name: string, values: ByVariant];

function columnsOf(setting: Setting, variants: readonly string[]): Column[] {
  const isComplete = variants.every((id) => setting.values.has(id));
  if (setting.kind === 'number') return isComplete ? [numbers(setting, variants)] : [];
  if (setting.kind === 'boolean' && isComplete) return [numbers(setting, variants)];
  return oneHot(setting, variants);
}

function numbers({ name, values }: Setting, variants: readonly string[]): Column {
  const all = variants.map((id) => Number(values.get(id)));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const byFactors = low > 0 && high / low >= 10;
  const column = new Map(
    variants.map((id, i) => [id, byFactors ? Math.log(all[i] ?? NaN) : (all[i] ?? NaN)]),
  );
  return [byFactors ? `log_${name}` : name, column];
}

/** A column for each value, but only one for two values: the other would be its complement. */
function oneHot(setting: Setting, variants: readonly string[]): Column[] {
  const kinds = [...new Set(variants.map((id) => textOf(setting, id)))].sort();
  const shown = kinds.length === 2 ? kinds.slice(1) : kinds;
  return shown.map((kind) => [
    `${setting.name}=${kind}`,
    new Map(variants.map((id) => [id, Number(textOf(setting, id) === kind)])),
  ]);
}
