/** Whether a study's configuration may still be corrected under its name and version. */
import type { IsUnused } from '../books/studies';
import type { Dataset } from '../dataset/log';

const MEASURED = ['checkpoints', 'curves', 'indicators', 'outcomes', 'samples'] as const;
/** Statuses of runs that left no measurements. */
const LEFT_NOTHING = new Set(['failed', 'cancelled', 'blocked']);

/**
 * `isRunning`: whether the study's workflow is running; only called for a study without
 * measurements.
 */
export function unusedIn(
  dataset: Dataset,
  isRunning: (study: string) => Promise<boolean>,
): IsUnused {
  return async (study) => (await hasNoMeasurement(dataset, study)) && !(await isRunning(study));
}

/** No measurement on record, and no job that may still make one. */
export async function hasNoMeasurement(dataset: Dataset, study: string): Promise<boolean> {
  const attempts = await dataset.read('runs', { study });
  if (attempts.some(({ status }) => status === 'done')) return false;
  const newest = await dataset.newest('runs', study);
  if ([...newest.values()].some(({ status }) => !LEFT_NOTHING.has(status))) return false;
  const tables = await Promise.all(MEASURED.map((table) => dataset.read(table, { study })));
  return tables.every((rows) => rows.length === 0);
}
