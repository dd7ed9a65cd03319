/**
 * The numbers of a study by name: the features of predictors, and the outcomes that they are judged
 * by.
 */
import { NotFoundError } from '../base/errors';
import { nearest } from '../base/explain';
import type { Row } from '../dataset/tables';
import type { Measure, Words } from '../domain/words';
import type { ByVariant } from './measurements';
import type { Settings } from './settings';
import type { Target } from './targets';

export interface Indicator extends Measure {
  /** With the sign changed if needed, so that higher is better. */
  readonly values: ByVariant;
  /** As measured. */
  readonly rows: readonly Row<'indicators'>[];
}

/** The features of predictors: everything except outcomes. */
export interface Features {
  readonly words: Words;
  /** Ids of the compared variants, in the order in which they were recorded. */
  readonly variants: readonly string[];
  /** The same ids by study: sums scale an indicator within one study. */
  readonly studies: readonly (readonly string[])[];
  /** Indicators of the study that at least one variant has. */
  readonly indicators: ReadonlyMap<string, Indicator>;
  readonly settings: Settings;
  /** The configuration as numbers that every variant has. */
  readonly config: ReadonlyMap<string, ByVariant>;
}

export interface FeatureTable extends Features {
  /** By name: the task's, or `task/recipe` if outcomes of several SFT recipes are recorded. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Notes on numbers that are missing or carry no information. */
  readonly notes: readonly string[];
}

/** The table without its outcomes, which predictors receive. */
export function seen({ targets: _t, notes: _n, ...features }: FeatureTable): Features {
  return features;
}

/**
 * A number for each variant, by the name of a feature: an indicator, a numeric setting, or a
 * learner's column.
 */
export function columnNamed(features: Features, name: string): ByVariant | undefined {
  const setting = features.settings.get(name);
  return (
    features.indicators.get(name)?.values ??
    features.config.get(name) ??
    (setting?.kind === 'number' ? (setting.values as ByVariant) : undefined)
  );
}

/**
 * The label of a feature and its direction; a setting has no direction, so higher counts as better.
 */
export function measureNamed(features: Features, name: string): Measure {
  return features.indicators.get(name) ?? { name, label: name, better: 'higher' };
}

/** Throws NotFoundError for a name that is neither a target nor a task with only one target. */
export function targetNamed({ targets }: FeatureTable, name: string): Target {
  const exact = targets.get(name);
  if (exact) return exact;
  const names = [...targets.keys()];
  const recipes = names.filter((one) => targets.get(one)?.task === name);
  if (recipes.length)
    throw new NotFoundError(
      `Task "${name}" has outcomes of several SFT recipes, which are not mixed. Name one: ${recipes.join(', ')}.`,
    );
  const guess = nearest(name, names);
  throw new NotFoundError(
    `The study has no task "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Its tasks: ${names.join(', ')}.`,
  );
}
