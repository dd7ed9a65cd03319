/** A fit with learners, laid out: which predictors are trained on which splits of which numbers. Pure. */
import { SpecError } from '../base/errors';
import type { FitJob, PredictorSpec } from '../domain/fit-schema';
import { isOfSetting } from './configuration';
import type { Learner } from './learners';
import type { Sample } from './sample';
import {
  groupSplits,
  innerSplits,
  isTeachable,
  paperSplit,
  questionOf,
  shuffled,
  studySplit,
  type Protocol,
  type Question,
  type Split,
} from './splits';

export const FEATURE_SETS = ['indicators', 'config', 'both'] as const;
export type FeatureSet = (typeof FEATURE_SETS)[number];

export interface LearnSettings {
  readonly learners: readonly Learner[];
  /** Whether one of the learners and proxies is chosen within the training variants. */
  readonly nested: boolean;
  readonly features: FeatureSet;
  readonly protocol: Protocol;
  /** Null: the task that is asked about. */
  readonly train_task: string | null;
  /** Whether outcomes are dealt out at random: what is left is chance. */
  readonly shuffle: boolean;
}

/** A learner with the features that it sees. */
export interface Supervised {
  readonly name: string;
  readonly learner: Learner;
  readonly features: FeatureSet;
}

export interface Experiment {
  readonly settings: LearnSettings;
  readonly sample: Sample;
  /** The study that is trained on, for leave-study-out. */
  readonly other: Sample | null;
  readonly supervised: readonly Supervised[];
  readonly splits: readonly Split[];
  /** Outer split -> splits of its training variants; empty without nested selection. */
  readonly inner: ReadonlyMap<string, readonly Split[]>;
  readonly notes: readonly string[];
}

const INNER_SPLITS = 5;

/** Throws SpecError when the study has too little for the protocol. */
export function layOut(settings: LearnSettings, known: Sample, other: Sample | null): Experiment {
  const sample = withoutHeldOut(settings.protocol, known);
  const notes = [...sample.notes, ...(other?.notes ?? []).map((note) => `Other study: ${note}`)];
  const questions = questionsOf(settings, sample);
  const drawn = questions.flatMap((question) => splitsOf(settings, sample, other, question));
  const splits = drawn.filter((split) => isTeachable(split) && split.tests.length > 0);
  for (const split of drawn.filter((one) => !splits.includes(one)))
    notes.push(`Split ${split.id} is left out: its training variants all have one outcome.`);
  if (!splits.length) throw new SpecError(`No split is left to learn from.\n${notes.join('\n')}`);
  const inner = settings.nested
    ? new Map(splits.map((s) => [s.id, innerSplits(s, INNER_SPLITS).filter(isTeachable)] as const))
    : new Map<string, readonly Split[]>();
  const supervised = supervisedBy(settings, featuresOf(sample, other));
  if (!featuresOf(sample, other).config.length)
    notes.push(`${noConfiguration(settings.protocol)}: no predictor from configuration alone.`);
  return { settings, sample, other, supervised, splits, inner, notes };
}

/**
 * Without the features of the setting that is held out: no training variant has the held-out value, so
 * whatever a learner said of it would be extrapolation.
 */
function withoutHeldOut(protocol: Protocol, sample: Sample): Sample {
  if (protocol.kind !== 'leave-group-out') return sample;
  const { column } = protocol;
  const dropped = [...sample.config.keys()].filter((name) => isOfSetting(name, column));
  if (!dropped.length) return sample;
  const config = new Map([...sample.config].filter(([name]) => !dropped.includes(name)));
  const note = `Configuration lacks ${dropped.join(', ')}: a held-out value of ${column} is one that no training variant has.`;
  return { ...sample, config, notes: [...sample.notes, note] };
}

function noConfiguration(protocol: Protocol): string {
  return protocol.kind === 'leave-group-out'
    ? `Variants do not differ in configuration, ${protocol.column} aside`
    : 'Variants do not differ in configuration';
}

function questionsOf({ train_task, shuffle: _ }: LearnSettings, sample: Sample): Question[] {
  const tasks = [...sample.outcomes.keys()];
  if (!tasks.length)
    throw new SpecError(`No task has outcomes that differ.\n${sample.notes.join('\n')}`);
  if (train_task !== null && !sample.outcomes.has(train_task))
    throw new SpecError(
      `There is no task "${train_task}" with outcomes to train on; there is ${tasks.join(', ')}.`,
    );
  return tasks.map((task) => questionOf(sample, task, train_task ?? task));
}

function splitsOf(
  { protocol, shuffle, train_task }: LearnSettings,
  sample: Sample,
  other: Sample | null,
  question: Question,
): Split[] {
  const asked = (seed: number) => (shuffle ? shuffled(question, seed) : question);
  switch (protocol.kind) {
    case 'paper':
      return Array.from({ length: protocol.seeds }, (_, seed) => paperSplit(asked(seed), seed));
    case 'leave-group-out':
      return groupSplits(asked(0), protocol.column, groupsOf(sample, protocol.column));
    case 'leave-study-out': {
      const trained = train_task ?? question.task;
      if (!other?.outcomes.has(trained)) return [];
      const source = questionOf(other, trained, trained);
      return [studySplit(asked(0), shuffle ? shuffled(source, 1) : source, protocol.study)];
    }
  }
}

/** Variant -> its value of a setting, as text. */
export function groupsOf(sample: Sample, column: string): Map<string, string> {
  const names = [...new Set([...sample.settings.values()].flatMap((one) => Object.keys(one)))];
  const groups = new Map(
    [...sample.settings].flatMap(([id, settings]) =>
      settings[column] === undefined ? [] : [[id, String(settings[column])] as const],
    ),
  );
  if (new Set(groups.values()).size > 1) return groups;
  const varying = names.filter(
    (name) => new Set([...sample.settings.values()].map((one) => one[name])).size > 1,
  );
  throw new SpecError(
    `Variants do not differ in "${column}", so no group of them can be left out. They differ in ${varying.join(', ') || 'nothing'}.`,
  );
}

interface FeatureNames {
  readonly indicators: readonly string[];
  readonly config: readonly string[];
}

/** Those that every study of the experiment has. */
export function featuresOf(sample: Sample, other: Sample | null): FeatureNames {
  const shared = (of: 'indicators' | 'config') =>
    [...sample[of].keys()].filter((name) => !other || other[of].has(name));
  return { indicators: shared('indicators'), config: shared('config') };
}

function supervisedBy(
  { learners, features, protocol }: LearnSettings,
  names: FeatureNames,
): Supervised[] {
  const wanted: FeatureSet[] = features === 'config' ? ['config'] : [features, 'config'];
  if (features !== 'config' && !names.indicators.length)
    throw new SpecError('No indicator is measured: there is nothing to learn from.');
  if (features !== 'indicators' && !names.config.length)
    throw new SpecError(`${noConfiguration(protocol)}: it is no feature.`);
  const usable = wanted.filter((set) => set !== 'config' || names.config.length > 0);
  return usable.flatMap((set) =>
    learners.map((learner) => ({
      name: `${set === 'config' ? 'config' : 'ltc'}:${learner.name}`,
      learner,
      features: set,
    })),
  );
}

/** Columns of the feature table, in the order of `variantsOf`. */
export function featureTable({ sample, other }: Experiment): Map<string, readonly number[]> {
  const { indicators, config } = featuresOf(sample, other);
  const column = (of: 'indicators' | 'config') => (name: string) =>
    [name, [...(sample[of].get(name) ?? []), ...(other?.[of].get(name) ?? [])]] as const;
  return new Map([...indicators.map(column('indicators')), ...config.map(column('config'))]);
}

export function variantsOf({ sample, other }: Experiment): string[] {
  return [...sample.variants, ...(other?.variants ?? [])];
}

/** Every split that something is trained on, inner ones included. */
export function allSplits({ splits, inner }: Experiment): Split[] {
  return [...splits, ...[...inner.values()].flat()];
}

/** The part of job.json that says what is trained. */
export function trainingOf(experiment: Experiment): Pick<FitJob, 'predictors' | 'splits_to_fit'> {
  const names = featuresOf(experiment.sample, experiment.other);
  const predictors = experiment.supervised.map(({ name, learner, features }): PredictorSpec => {
    const columns = [
      ...(features === 'config' ? [] : names.indicators),
      ...(features === 'indicators' ? [] : names.config),
    ];
    return { name, learner: learner.spec, features: columns };
  });
  return {
    predictors,
    splits_to_fit: allSplits(experiment).map(({ id, seed }) => ({
      split: id,
      seed,
      predictors: predictors.map(({ name }) => name),
    })),
  };
}
