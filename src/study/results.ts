/** The results of a study: how well each predictor orders its pairs, for each task. */
import type { Row } from '../dataset/tables';
import { readFeatures } from './features';
import { latestFits } from './newest-fits';
import type { OnRecord } from './on-record';

export interface StudyResults {
  readonly study: string;
  readonly dataset_version: number;
  /** The indicators that predictors may use. */
  readonly features: readonly string[];
  /** The indicator with which all others are compared. */
  readonly baseline: string | null;
  readonly results: readonly Result[];
}

export type Result = Pick<
  Row<'fits'>,
  | 'task'
  | 'proxy'
  | 'protocol'
  | 'n_variants'
  | 'n_pairs'
  | 'accuracy'
  | 'error_rate'
  | 'ci_low'
  | 'ci_high'
>;

export async function readResults(
  record: Pick<OnRecord, 'dataset' | 'studies'>,
  study: string,
  version?: number,
): Promise<StudyResults> {
  const dataset_version = version ?? (await record.dataset.version());
  const [fits, { indicators, words }] = await Promise.all([
    record.dataset.read('fits', { study, version: dataset_version }),
    readFeatures(record, study, dataset_version),
  ]);
  return {
    study,
    dataset_version,
    features: [...indicators.keys()],
    baseline: words.baseline,
    results: latestFits(fits).map(pick),
  };
}

export function pick(fit: Row<'fits'>): Result {
  const { task, proxy, protocol, n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high } = fit;
  return { task, proxy, protocol, n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high };
}
