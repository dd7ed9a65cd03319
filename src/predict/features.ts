/**
 * Finds the numbers of a study that a predictor may use, with their names, and which are missing.
 * Numbers are turned so that higher is always better. No other module does this.
 */
import type { Row } from '../dataset/tables';
import { indicatorWords, type Measure, type Words } from '../domain/words';
import { featureNotes } from './feature-notes';
import type { Features, FeatureTable, Indicator } from './feature-table';
import {
  comparedVariants,
  latestIndicators,
  mapGroups,
  type ByVariant,
  type StudyRows,
} from './measurements';
import { learnerColumns, settingsOf, type Settings } from './settings';
import { rawValue, targetsOf } from './targets';

export function featuresOf(words: Words, rows: StudyRows): FeatureTable {
  const compared = comparedVariants(rows.variants);
  const variants = compared.map(({ variant_id }) => variant_id);
  const listed = new Set(variants);
  const isListed = ({ variant_id }: { readonly variant_id: string }) => listed.has(variant_id);
  const settings = settingsOf(compared);
  const outcomes = rows.outcomes.filter(isListed);
  const indicators = indicatorsOf(words, latestIndicators(rows.indicators).filter(isListed));
  const table = {
    words,
    variants,
    studies: [variants],
    indicators,
    settings,
    config: configOf(settings, variants, indicators),
    targets: targetsOf(words.tasks, outcomes),
  };
  return { ...table, notes: featureNotes(table, outcomes) };
}

function indicatorsOf(
  words: Words,
  rows: readonly Row<'indicators'>[],
): ReadonlyMap<string, Indicator> {
  const recorded = mapGroups(
    rows,
    ({ indicator }) => indicator,
    (group) => group,
  );
  const measures =
    words.indicators ?? [...recorded.keys()].sort().map((name) => indicatorWords(name));
  const known = measures.flatMap((measure): Indicator[] => {
    const own = recorded.get(measure.name);
    return own ? [{ ...measure, values: turned(measure, own), rows: own }] : [];
  });
  return new Map(known.map((one) => [one.name, one]));
}

function turned(measure: Measure, rows: readonly Row<'indicators'>[]): ByVariant {
  return new Map(rows.map((row) => [row.variant_id, rawValue(measure, row.value)]));
}

/**
 * One table of two studies, with the features that both have; their variants must have different
 * ids.
 */
export function joinTables(own: Features, other: Features): Features {
  const variants = [...own.variants, ...other.variants];
  const indicators = [...own.indicators.values()].flatMap((one): Indicator[] => {
    const theirs = other.indicators.get(one.name);
    if (!theirs) return [];
    const values = new Map([...one.values, ...theirs.values]);
    return [{ ...one, values, rows: [...one.rows, ...theirs.rows] }];
  });
  const settings: Settings = new Map(
    [...own.settings].flatMap(([name, one]) => {
      const theirs = other.settings.get(name);
      if (theirs?.kind !== one.kind) return [];
      return [[name, { ...one, values: new Map([...one.values, ...theirs.values]) }] as const];
    }),
  );
  const shared = new Map(indicators.map((one) => [one.name, one]));
  return {
    words: own.words,
    variants,
    studies: [own.variants, other.variants],
    indicators: shared,
    settings,
    config: configOf(settings, variants, shared),
  };
}

/** A setting may have the same name as an indicator. */
function configOf(
  settings: Settings,
  variants: readonly string[],
  indicators: Features['indicators'],
): Features['config'] {
  const columns = [...learnerColumns(settings, variants)];
  return new Map(
    columns.map(([name, values]) => [indicators.has(name) ? `config.${name}` : name, values]),
  );
}
