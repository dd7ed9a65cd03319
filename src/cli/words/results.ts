/** The answer of a study: how well each predictor orders its pairs, per task. */
import type { Row } from '../../dataset/tables';
import { readFeatures } from '../../study/features';
import { latestFits } from '../../study/newest-fits';
import type { CliContext } from '../context';
import { formatTable, printObject } from './output';
import type { Session } from '../session';

export interface StudyResults {
  readonly study: string;
  readonly dataset_version: number;
  /** The indicators that predictors may see. */
  readonly features: readonly string[];
  /** The indicator that all others are compared with. */
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
  session: Session,
  study: string,
  version?: number,
): Promise<StudyResults> {
  const dataset_version = version ?? (await session.dataset.version());
  const [fits, { indicators, words }] = await Promise.all([
    session.dataset.read('fits', { study, version: dataset_version }),
    readFeatures(session, study, dataset_version),
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

export function printResults(context: CliContext, results: StudyResults, extra: object = {}): void {
  printObject(context, { ...results, ...extra }, () => resultsTable(results));
}

function resultsTable({ study, dataset_version, baseline, results }: StudyResults): string {
  const rows = results.map((r) => [
    r.task,
    r.proxy === baseline ? `${r.proxy} (baseline)` : r.proxy,
    String(r.n_pairs),
    r.accuracy.toFixed(3),
    r.error_rate.toFixed(3),
    `${r.ci_low.toFixed(3)} - ${r.ci_high.toFixed(3)}`,
  ]);
  const head = ['task', 'predictor', 'pairs', 'accuracy', 'error rate', '95% interval of accuracy'];
  return [
    `${study}, dataset version ${dataset_version}: how often each predictor names the better of two variants`,
    '',
    formatTable(head, rows),
  ].join('\n');
}
