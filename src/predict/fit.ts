/** Fits as rows of the table `fits`. */
import type { Row } from '../dataset/tables';
import type { FeatureTable } from './feature-table';
import { judge, type Judgement } from './judge';
import { untrained } from './predictors/named';

/** Values of the columns that do not apply to a fit without splits and learners. */
export const NO_SPLITS = {
  std: null,
  n_splits: null,
  learner: null,
  features: null,
  train_task: null,
  error_reduction: null,
  settings_json: null,
  details_json: null,
} as const;

export interface FitContext {
  /** name@version */
  readonly study: string;
  /** The dataset version from which the rows were read. */
  readonly read_version: number;
  readonly fit_id: string;
  readonly recorded_at: Date;
}

/**
 * Judges every untrained predictor on every target, over all pairs of variants with both numbers.
 */
export async function fitAllPairs(
  table: FeatureTable,
  context: FitContext,
): Promise<Row<'fits'>[]> {
  const { judgements } = await judge(untrained(table), { kind: 'all-pairs' }, { table });
  return judgements.map((one) => ({ ...columnsOf(one, context), ...NO_SPLITS }));
}

/** `settings`: the options of the fit, which identify it among the fits of its study. */
export function learnedRow(
  judgement: Judgement,
  settings: object,
  context: FitContext,
): Row<'fits'> {
  const { predictor, score, train_task, error_reduction, importance, chosen } = judgement;
  const details = {
    pooled_accuracy: score.pooled_accuracy,
    ...(importance && { importance: Object.fromEntries(importance) }),
    ...(chosen && { chosen: Object.fromEntries(chosen) }),
  };
  return {
    ...columnsOf(judgement, context),
    std: score.std,
    n_splits: score.n_splits,
    learner: predictor.learner?.name ?? null,
    features: predictor.learner?.features ?? null,
    train_task,
    error_reduction,
    settings_json: JSON.stringify(settings),
    details_json: JSON.stringify(details),
  };
}

function columnsOf(
  { predictor, task, protocol, score }: Judgement,
  context: FitContext,
): Omit<Row<'fits'>, keyof typeof NO_SPLITS> {
  const { n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high, ci_method } = score;
  return {
    ...fitIdentity(context),
    ...{ task, proxy: predictor.name, protocol },
    ...{ n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high, ci_method },
    read_version: context.read_version,
  };
}

/** The columns that identify the rows of a fit. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- columns of a row
export function fitIdentity({ study, fit_id, recorded_at }: FitContext) {
  return { study, variant_id: '', run_id: `fit/${fit_id}`, attempt: 1, recorded_at, fit_id };
}
