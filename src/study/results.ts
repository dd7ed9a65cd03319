/** The answer of a study: how well each proxy orders its pairs, per task. */
import type { Dataset } from '../dataset/log';
import type { Row } from '../dataset/tables';
import { latestFits } from './newest-fits';

export interface StudyResults {
  readonly study: string;
  readonly dataset_version: number;
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
  { dataset }: { readonly dataset: Dataset },
  study: string,
  version?: number,
): Promise<StudyResults> {
  const dataset_version = version ?? (await dataset.version());
  const fits = latestFits(await dataset.read('fits', { study, version: dataset_version }));
  return { study, dataset_version, results: fits.map(pick) };
}

export function pick(fit: Row<'fits'>): Result {
  const { task, proxy, protocol, n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high } = fit;
  return { task, proxy, protocol, n_variants, n_pairs, accuracy, error_rate, ci_low, ci_high };
}
