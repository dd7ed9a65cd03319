/** The status of a study's runs, from the record. */
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import { runStatuses } from '../domain/status';
import type { RunStatus } from '../domain/vocabulary';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Pick<Studies, 'latest' | 'plan'>;
}

/** The status of every run of the study's latest plan. */
export async function statusOfRuns(
  { dataset, studies }: Deps,
  study: string,
): Promise<ReadonlyMap<string, RunStatus>> {
  const latest = await studies.latest(study);
  if (!latest) return new Map();
  const plan = await studies.plan(latest.plan_key);
  return runStatuses(plan, await dataset.newest('runs', study));
}
