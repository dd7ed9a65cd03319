/** The reasons for which runs of a study failed. */
import type { Dataset } from '../dataset/log';
import type { Row } from '../dataset/tables';
import { latestRuns } from '../domain/status';

/** Runs of one job that failed for the same reason. */
export interface Failure {
  readonly error: string;
  /** The first of them: the later runs of its job failed as a consequence. */
  readonly first: Row<'runs'>;
  readonly others: number;
}

/** One entry for each reason, from the newest attempts. */
export async function failedRuns(
  { dataset }: { readonly dataset: Dataset },
  study: string,
): Promise<Failure[]> {
  const failures = new Map<string, Failure>();
  for (const run of latestRuns(await dataset.read('runs', { study })).values()) {
    if (run.status !== 'failed') continue;
    const error = run.error ?? '';
    const known = failures.get(error);
    failures.set(error, {
      error,
      first: known?.first ?? run,
      others: known ? known.others + 1 : 0,
    });
  }
  return [...failures.values()];
}
