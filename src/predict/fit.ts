/** How well each unsupervised proxy orders the pairs of a study, one row a task and proxy. */
import type { Row } from '../dataset/tables';
import { pairwiseAccuracy, type Scored } from '../domain/pairs';
import { accuracyInterval } from './intervals';
import { measure, type ByVariant, type Measured, type StudyRows } from './measurements';
import { predict, UNSUPERVISED_PROXIES, type UnsupervisedProxy } from './unsupervised';

/** The columns that say nothing of a fit without splits and learners. */
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
  readonly tasks: readonly string[];
  /** The dataset version that the rows were read at. */
  readonly read_version: number;
  readonly fit_id: string;
  readonly recorded_at: Date;
}

/**
 * Judges every proxy on every task, over all pairs of the variants that have both numbers. A task
 * and proxy with fewer than two such variants has no pair and gets no row.
 */
export function fitUnsupervised(rows: StudyRows, context: FitContext): Row<'fits'>[] {
  const measured = measure(rows);
  const predictions = UNSUPERVISED_PROXIES.map(
    (proxy) => [proxy, predict(proxy, measured)] as const,
  );
  return context.tasks.flatMap((task) =>
    predictions.flatMap(([proxy, predicted]) =>
      fitOne(scoredVariants(measured, predicted, task), proxy, task, context),
    ),
  );
}

/** The variants with a prediction and an outcome on the task. */
export function scoredVariants(measured: Measured, predicted: ByVariant, task: string): Scored[] {
  return [...scoredById(measured, predicted, task).values()];
}

/** The same by id, in the order in which they were recorded. */
export function scoredById(
  measured: Measured,
  predicted: ByVariant,
  task: string,
): ReadonlyMap<string, Scored> {
  const outcomes = measured.outcomes.get(task);
  const scored = measured.variants.flatMap((id): [string, Scored][] => {
    const [prediction, outcome] = [predicted.get(id), outcomes?.get(id)];
    return prediction === undefined || outcome === undefined
      ? []
      : [[id, { predicted: prediction, outcome }]];
  });
  return new Map(scored);
}

function fitOne(
  variants: readonly Scored[],
  proxy: UnsupervisedProxy,
  task: string,
  { study, read_version, fit_id, recorded_at }: FitContext,
): Row<'fits'>[] {
  if (variants.length < 2) return [];
  const { n_pairs, accuracy } = pairwiseAccuracy(variants);
  return [
    {
      study,
      variant_id: '',
      run_id: `fit/${fit_id}`,
      attempt: 1,
      recorded_at,
      fit_id,
      task,
      proxy: proxy.name,
      protocol: 'all-pairs',
      n_variants: variants.length,
      n_pairs,
      accuracy,
      error_rate: 1 - accuracy,
      ...accuracyInterval(variants),
      read_version,
      ...NO_SPLITS,
    },
  ];
}
