/** Where the checkpoints are that a job starts from. */
import { latestRuns } from '../src/domain/status';
import type { Dataset } from '../src/dataset/log';
import type { JobContext } from './jobs';

/**
 * The address of each checkpoint that comes from outside the job, by the run that made it; null
 * when one is not recorded under the fingerprint that the plan wants: the job is blocked.
 */
export async function resolveInputs(
  dataset: Dataset,
  { plan, job, runs }: JobContext,
): Promise<ReadonlyMap<string, string> | null> {
  const outside = runs
    .map((run) => run.input_run_id)
    .filter((id) => id !== null)
    .filter((id) => !job.run_ids.includes(id));
  if (!outside.length) return new Map();
  const recorded = latestRuns(await dataset.read('runs', { study: plan.study }));
  const checkpoints = latestRuns(await dataset.read('checkpoints', { study: plan.study }));
  const wanted = new Map(plan.runs.map((run) => [run.run_id, run.fingerprint]));
  const found = outside.map((id): [string, string | undefined] => {
    const record = recorded.get(id);
    const usable = record?.status === 'done' && record.fingerprint === wanted.get(id);
    return [id, usable ? checkpoints.get(id)?.uri : undefined];
  });
  const inputs = new Map(found.flatMap(([id, uri]) => (uri === undefined ? [] : [[id, uri]])));
  return inputs.size === new Set(outside).size ? inputs : null;
}
