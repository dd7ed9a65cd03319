/** Learning to compare on a study's record: experiment, training in a child process, judgement, commit. */
import { fingerprint } from '../base/fingerprint';
import type { Dataset } from '../dataset/log';
import type { Studies } from '../books/studies';
import type { Row } from '../dataset/tables';
import { NotFoundError, SpecError } from '../base/errors';
import { conclude, type Judgement } from '../predict/conclude';
import { layOut, type LearnSettings } from '../predict/experiment';
import { sampleOf, type Sample } from '../predict/sample';
import type { FitOutput } from './fit-files';
import type { FitProcess } from './fit-process';
import { fitIdentity, measurements, type Measurements } from './measurements';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

export interface LearnedFit {
  readonly study: string;
  readonly fit_id: string;
  readonly dataset_version: number;
  /** False when the same rows were fitted under the same settings before. */
  readonly fitted: boolean;
  readonly fits: readonly Row<'fits'>[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** Raised when the same rows and settings would give other numbers. */
const LEARNED_FIT_VERSION = 2;
/** A pair's prediction is recorded while a fit has no more of them than this. */
const MOST_PREDICTIONS = 100_000;

/** Outcomes dealt out at random are never recorded. */
export async function fitLearned(
  { dataset, studies }: Deps,
  of: { readonly study: string; readonly settings: LearnSettings },
  process: FitProcess,
): Promise<LearnedFit> {
  const read_version = await dataset.version();
  const own = await loadSample({ dataset, studies }, of.study, read_version);
  const settings = await resolved(studies, of.study, of.settings);
  const other = await otherSample({ dataset, studies }, settings, read_version);
  const experiment = layOut(settings, own.sample, other?.sample ?? null);
  const identity = {
    version: LEARNED_FIT_VERSION,
    settings,
    own: own.identity,
    other: other?.identity,
  };
  const fit_id = fingerprint(JSON.parse(JSON.stringify(identity))).slice(0, 16);
  const key = `fit:${of.study}/${fit_id}`;
  const known = { study: of.study, fit_id, notes: experiment.notes };
  if (!settings.shuffle && (await dataset.hasKey(key))) {
    const fits = await dataset.read('fits', { study: of.study, version: read_version });
    const recorded = fits.filter((fit) => fit.fit_id === fit_id);
    return { ...known, dataset_version: read_version, fitted: false, fits: recorded };
  }
  const output = await process.fit(experiment);
  const judged = conclude(experiment, output.probability);
  const context = { study: of.study, fit_id, read_version, recorded_at: new Date() };
  const fits = judged.map((one) => fitRow(one, settings, output, context));
  if (settings.shuffle) return { ...known, dataset_version: read_version, fitted: true, fits };
  const predictions = predictionRows(judged, context);
  const { version } = await dataset.commit({ key, rows: { fits, predictions } });
  return { ...known, dataset_version: version, fitted: true, fits };
}

interface Loaded {
  readonly sample: Sample;
  readonly identity: object;
}

async function loadSample(
  deps: Deps,
  study: string,
  version: number,
  prefix = '',
): Promise<Loaded> {
  const [spec, rows] = await Promise.all([
    deps.studies.spec(study),
    measurements(deps.dataset, study, version),
  ]);
  const { tasks } = spec.study;
  return { sample: sampleOf(renamed(rows, prefix), tasks), identity: fitIdentity(rows, tasks) };
}

/** Variants of two studies may have the same ids. */
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

/** The other study by its whole name, so that a later version of it is another fit. */
async function resolved(
  studies: Studies,
  study: string,
  settings: LearnSettings,
): Promise<LearnSettings> {
  if (settings.protocol.kind !== 'leave-study-out') return settings;
  const other = await studies.resolve(settings.protocol.study);
  if (other === study)
    throw new SpecError(`"${other}" is the study that is asked about: train on another one.`);
  return { ...settings, protocol: { kind: 'leave-study-out', study: other } };
}

async function otherSample(
  deps: Deps,
  { protocol }: LearnSettings,
  version: number,
): Promise<Loaded | null> {
  if (protocol.kind !== 'leave-study-out') return null;
  const loaded = await loadSample(deps, protocol.study, version, `${protocol.study}/`);
  if (loaded.sample.variants.length) return loaded;
  throw new NotFoundError(`Study "${protocol.study}" has no variant with indicators.`);
}

interface RowContext {
  readonly study: string;
  readonly fit_id: string;
  readonly read_version: number;
  readonly recorded_at: Date;
}

function identityOf({ study, fit_id, recorded_at }: RowContext) {
  return { study, variant_id: '', run_id: `fit/${fit_id}`, attempt: 1, recorded_at, fit_id };
}

function fitRow(
  { score: judged, pairs: _, chosen, error_reduction, ...known }: Judgement,
  settings: LearnSettings,
  { importance }: FitOutput,
  context: RowContext,
): Row<'fits'> {
  const { pooled_accuracy, ...score } = judged;
  const shares = importance.get(known.proxy);
  const details = {
    pooled_accuracy,
    ...(shares ? { importance: Object.fromEntries(shares) } : {}),
    ...(chosen ? { chosen: Object.fromEntries(chosen) } : {}),
  };
  return {
    ...identityOf(context),
    ...known,
    ...score,
    error_reduction,
    read_version: context.read_version,
    settings_json: JSON.stringify(settings),
    details_json: JSON.stringify(details),
  };
}

/** Of what learned from indicators: the baselines beside it can be computed again without a learner. */
function predictionRows(judged: readonly Judgement[], context: RowContext): Row<'predictions'>[] {
  const kept = judged.filter(({ proxy }) => /^(ltc|nested):/.test(proxy));
  const count = kept.reduce((sum, { pairs }) => sum + pairs.length, 0);
  if (count > MOST_PREDICTIONS) return [];
  return kept.flatMap(({ task, proxy, protocol, pairs }) =>
    pairs.map(({ split, a, b, probability }) => ({
      ...identityOf(context),
      task,
      variant_a: a,
      variant_b: b,
      probability,
      proxy,
      protocol,
      split,
    })),
  );
}
