/**
 * Runs of a job that an earlier attempt finished. A later attempt that finds their results in the
 * job's folder does not repeat them, and nothing is recorded for them a second time.
 */
import type { Dataset } from '../dataset/log';
import type { PlannedRun } from '../domain/plan';

interface Attempt {
  readonly job: { readonly name: string };
  readonly attempt: number;
  readonly runs: readonly PlannedRun[];
}

/** The seconds that each finished run took, by run id. */
export type FinishedRuns = ReadonlyMap<string, number | null>;

export async function finishedRuns(
  dataset: Pick<Dataset, 'newest'>,
  study: string,
  { job, attempt, runs }: Attempt,
): Promise<FinishedRuns> {
  if (attempt === 1) return new Map();
  const newest = await dataset.newest('runs', study);
  return new Map(
    runs.flatMap(({ run_id }) => {
      const row = newest.get(run_id);
      const isEarlier = row?.status === 'done' && row.job === job.name && row.attempt < attempt;
      return isEarlier ? [[run_id, row.wall_seconds] as const] : [];
    }),
  );
}

/**
 * Whether a result is the one of an earlier attempt. A run that was repeated, because its weights
 * were lost, took another time.
 */
export function isOfEarlierAttempt(
  finished: FinishedRuns,
  run_id: string,
  wall_seconds: number | null,
): boolean {
  return finished.get(run_id) === wall_seconds;
}
