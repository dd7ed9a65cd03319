/** The results of a study as a table. */
import type { StudyResults } from '../../study/results';
import type { CliContext } from '../context';
import { formatTable, printObject } from './output';

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
