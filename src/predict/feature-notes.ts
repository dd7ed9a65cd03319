/** Notes on numbers of a study that are missing or carry no information. */
import type { Row } from '../dataset/tables';
import type { FeatureTable, Indicator } from './feature-table';
import { isName, varies, type Setting } from './settings';
import type { Target } from './targets';

type Noted = Omit<FeatureTable, 'notes'>;

/** With more ids than this a sentence is hard to read. */
const MOST_NAMED = 8;

export function featureNotes(table: Noted, outcomes: readonly Row<'outcomes'>[]): string[] {
  return [
    ...absentIndicators(table),
    ...[...table.indicators.values()].flatMap((one) => indicatorNotes(one, table.variants)),
    ...settingNotes(table),
    ...[...table.targets.values()].flatMap((one) => targetNotes(one, outcomes)),
  ];
}

function absentIndicators({ words, indicators }: Noted): string[] {
  return (words.indicators ?? [])
    .filter(({ name }) => !indicators.has(name))
    .map(({ name }) => `No variant has indicator ${name}: it is not used as a feature.`);
}

function indicatorNotes({ name, values }: Indicator, variants: readonly string[]): string[] {
  const missing = variants.filter((id) => !values.has(id));
  const isConstant = variants.length > 1 && new Set(values.values()).size < 2;
  return [
    ...(missing.length ? [`${idsText(missing)} no ${name} yet: left out where it is needed.`] : []),
    ...(isConstant
      ? [`Indicator ${name} is the same for every variant: it cannot order them.`]
      : []),
  ];
}

function settingNotes({ settings, variants }: Noted): string[] {
  if (variants.length < 2) return [];
  const all = [...settings.values()];
  const constant = all.filter((one) => !varies(one, variants));
  const partial = all.filter(
    (one) => one.kind === 'number' && one.values.size < variants.length && one.record === null,
  );
  const names = all.filter((one) => varies(one, variants) && isName(one));
  return [
    ...(constant.length
      ? [`Settings that are the same for every variant are not used: ${listed(constant)}.`]
      : []),
    ...partial.map(
      (one) =>
        `${idsText(variants.filter((id) => !one.values.has(id)))} no setting ${one.name}: learners do not use it.`,
    ),
    ...names.map(
      ({ name }) =>
        `Setting ${name} differs for every variant: it is treated as a name, not as a feature.`,
    ),
  ];
}

function listed(settings: readonly Setting[]): string {
  return settings.map(({ name }) => name).join(', ');
}

function targetNotes(target: Target, outcomes: readonly Row<'outcomes'>[]): string[] {
  const { name, task, metric, better } = target;
  if (target.outcomes.size)
    return new Set(target.outcomes.values()).size > 1
      ? []
      : [`The outcome on ${name} is the same for every variant: none is better or worse.`];
  const others = new Set(outcomes.filter((row) => row.task === task).map((row) => row.metric));
  others.delete(metric);
  return others.size
    ? [
        `Task ${name} has no outcome in ${metric} (${better} is better), only in ${[...others].join(', ')}: use one of those as its metric.`,
      ]
    : [`Task ${name} has no outcome yet.`];
}

/** `Variant "a" has`, `3 variants ("a", "b", "c") have`. */
function idsText(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_NAMED).map((id) => `"${id}"`);
  const more = ids.length > MOST_NAMED ? ', ...' : '';
  if (ids.length === 1) return `Variant ${shown[0]} has`;
  return `${ids.length} variants (${shown.join(', ')}${more}) have`;
}
