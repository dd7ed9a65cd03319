/** Where the checkpoints are that a job starts from. */
import { indexOf } from '../src/domain/plan-index';
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
  const [recorded, checkpoints] = await Promise.all([
    dataset.newest('runs', plan.study),
    dataset.newest('checkpoints', plan.study),
  ]);
  const { runs: wanted } = indexOf(plan);
  const found = outside.map((id): [string, string | undefined] => {
    const record = recorded.get(id);
    const usable = record?.status === 'done' && record.fingerprint === wanted.get(id)?.fingerprint;
    return [id, usable ? checkpoints.get(id)?.uri : undefined];
  });
  const inputs = new Map(found.flatMap(([id, uri]) => (uri === undefined ? [] : [[id, uri]])));
  return inputs.size === new Set(outside).size ? inputs : null;
}
