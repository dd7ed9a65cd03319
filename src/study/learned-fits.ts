/** Fits that train learners on a study's record: predictors, judging, commit. */
import { fingerprint } from '../base/fingerprint';
import { NotFoundError, SpecError } from '../base/errors';
import type { Studies } from '../books/studies';
import type { Row } from '../dataset/tables';
import { seen, type Features, type FeatureTable } from '../predict/feature-table';
import { featuresOf } from '../predict/features';
import { fitIdentity, learnedRow, type FitContext } from '../predict/fit';
import { judge, type Judgement, type Verdict } from '../predict/judge';
import type { Learner } from '../predict/learners';
import type { FeatureSet, Predictor } from '../predict/predictor';
import {
  gathering,
  learnerPredictor,
  type Train,
  type Trainer,
} from '../predict/predictors/learner';
import { nestedAmong, untrained } from '../predict/predictors/named';
import { visible, type Protocol } from '../predict/protocols';
import { studyWords, type Books } from './features';
import { identityOf, measurements, type Measurements } from './measurements';
import { findPredictor } from './predictors';

export interface LearnSettings {
  readonly learners: readonly Learner[];
  /** Whether one of the learners and proxies is chosen on the training variants. */
  readonly nested: boolean;
  readonly features: FeatureSet;
  readonly protocol: Exclude<Protocol, { kind: 'all-pairs' | 'held-out' }>;
  /** Null: train on the task that is predicted. */
  readonly train_task: string | null;
  /** Whether the outcomes are shuffled: the accuracy that is left is chance. */
  readonly shuffle: boolean;
  /** Names of other predictors to judge as well. */
  readonly predictors?: readonly string[];
}

export interface LearnedFit {
  readonly study: string;
  readonly fit_id: string;
  readonly dataset_version: number;
  /** False if the same rows were fitted under the same settings before. */
  readonly fitted: boolean;
  /** The indicators of the study that predictors may use. */
  readonly features: readonly string[];
  readonly baseline: string | null;
  readonly fits: readonly Row<'fits'>[];
  /** Rows that were left out, and why. */
  readonly notes: readonly string[];
}

/** Raised when the same rows and settings would give different numbers. */
const LEARNED_FIT_VERSION = 3;
/** Predictions of single pairs are recorded only for fits with at most this many. */
const MOST_PREDICTIONS = 100_000;

/** Fits with shuffled outcomes are never recorded. */
export async function fitLearned(
  books: Books,
  input: { readonly study: string; readonly settings: LearnSettings },
  trainer: Trainer,
): Promise<LearnedFit> {
  const { dataset } = books;
  const read_version = await dataset.version();
  const own = await loadTable(books, input.study, read_version);
  const settings = await resolved(books.studies, input.study, input.settings);
  const other = await otherTable(books, settings, read_version);
  const identity = { version: LEARNED_FIT_VERSION, settings, own: own.identity };
  const known = { ...identity, other: other?.identity };
  const fit_id = fingerprint(JSON.parse(JSON.stringify(known))).slice(0, 16);
  const key = `fit:${input.study}/${fit_id}`;
  const { indicators, words } = own.table;
  const names = { features: [...indicators.keys()], baseline: words.baseline };
  const answer = { study: input.study, fit_id, ...names };
  if (!settings.shuffle && (await dataset.hasKey(key))) {
    const fits = await dataset.read('fits', { study: input.study, version: read_version });
    const recorded = fits.filter((fit) => fit.fit_id === fit_id);
    const notes = own.table.notes;
    return { ...answer, notes, dataset_version: read_version, fitted: false, fits: recorded };
  }
  const { judgements, notes } = await judged(own.table, other?.table ?? null, settings, trainer);
  const context = { study: input.study, fit_id, read_version, recorded_at: new Date() };
  const fits = judgements.map((one) => learnedRow(one, settings, context));
  if (settings.shuffle)
    return { ...answer, notes, dataset_version: read_version, fitted: true, fits };
  const predictions = predictionRows(judgements, context);
  const { version } = await dataset.commit({ key, rows: { fits, predictions } });
  return { ...answer, notes, dataset_version: version, fitted: true, fits };
}

async function judged(
  table: FeatureTable,
  other: FeatureTable | null,
  settings: LearnSettings,
  trainer: Trainer,
): Promise<Verdict> {
  const { protocol, train_task, shuffle } = settings;
  const scope = { table, other, train_task, shuffle };
  const predictors = predictorsFor(settings, visible(protocol, scope).features, gathering(trainer));
  const extra = (settings.predictors ?? []).map((name) => findPredictor(name, table, trainer));
  const names = new Set(predictors.map(({ name }) => name));
  const all = [...predictors, ...extra.filter(({ name }) => !names.has(name))];
  const verdict = await judge(all, protocol, scope);
  const theirs = (other?.notes ?? []).map((note) => `Other study: ${note}`);
  return { ...verdict, notes: [...table.notes, ...theirs, ...verdict.notes] };
}

/**
 * The predictors that are not trained, the learners, and for comparison the same learners on the
 * configuration alone.
 */
export function predictorsFor(
  { learners, nested, features: set }: LearnSettings,
  features: Features,
  train: Train,
): Predictor[] {
  const sets: FeatureSet[] = set === 'config' ? ['config'] : [set, 'config'];
  const trained = sets.flatMap((one) =>
    learners.map((learner) => learnerPredictor(learner, one, train)),
  );
  const reason = trained[0]?.needs(features).reason;
  if (reason) throw new SpecError(reason);
  const simple = untrained(features);
  if (!nested) return [...simple, ...trained];
  return [...simple, ...sets.map((one) => nestedAmong(one, features, trained))];
}

interface Loaded {
  readonly table: FeatureTable;
  readonly identity: object;
}

async function loadTable(
  { dataset, studies }: Books,
  study: string,
  version: number,
  prefix = '',
): Promise<Loaded> {
  const [words, rows] = await Promise.all([
    studyWords(studies, study),
    measurements(dataset, study, version),
  ]);
  return { table: featuresOf(words, renamed(rows, prefix)), identity: identityOf(rows, words) };
}

/** Prefixes ids with the study, since variants of two studies may have the same ids. */
function renamed(rows: Measurements, prefix: string): Measurements {
  const rename = <T extends { readonly variant_id: string }>(row: T): T => ({
    ...row,
    variant_id: `${prefix}${row.variant_id}`,
  });
  return {
    variants: rows.variants.map(rename),
    indicators: rows.indicators.map(rename),
    outcomes: rows.outcomes.map(rename),
  };
}

/** Uses the full name of the other study, so that a later version of it is another fit. */
async function resolved(
  studies: Studies,
  study: string,
  settings: LearnSettings,
): Promise<LearnSettings> {
  if (settings.protocol.kind !== 'leave-study-out') return settings;
  const other = await studies.resolve(settings.protocol.study);
  if (other === study)
    throw new SpecError(`"${other}" is the study to predict: train on another study.`);
  return { ...settings, protocol: { kind: 'leave-study-out', study: other } };
}

async function otherTable(
  books: Books,
  { protocol }: LearnSettings,
  version: number,
): Promise<Loaded | null> {
  if (protocol.kind !== 'leave-study-out') return null;
  const loaded = await loadTable(books, protocol.study, version, `${protocol.study}/`);
  if (seen(loaded.table).indicators.size) return loaded;
  throw new NotFoundError(`Study "${protocol.study}" has no variant with indicators.`);
}

/**
 * Predictions of learners that use indicators. The others can be computed again without a learner.
 */
function predictionRows(
  judgements: readonly Judgement[],
  context: FitContext,
): Row<'predictions'>[] {
  const kept = judgements.filter(
    ({ predictor: { learns, learner } }) => learns && learner?.features !== 'config',
  );
  const count = kept.reduce((sum, { pairs }) => sum + pairs.length, 0);
  if (count > MOST_PREDICTIONS) return [];
  return kept.flatMap(({ task, predictor, protocol, pairs }) =>
    pairs.map(({ split, a, b, probability }) => ({
      ...fitIdentity(context),
      task,
      variant_a: a,
      variant_b: b,
      probability,
      proxy: predictor.name,
      protocol,
      split,
    })),
  );
}
