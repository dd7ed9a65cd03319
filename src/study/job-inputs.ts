/** Where the checkpoints are that a job starts from. */
import type { Artifacts } from '../artifacts/artifacts';
import { indexOf } from '../domain/plan-index';
import { NotFoundError } from '../base/errors';
import type { Dataset } from '../dataset/log';
import type { JobContext } from './job-context';

/**
 * The address of each checkpoint that comes from outside the job, by the run that made it, fetched into
 * `cacheDir` where the object store keeps it; null when one is not recorded under the fingerprint that the
 * plan wants, or is no longer kept: the job is blocked, and the next plan makes the checkpoint again.
 */
export async function resolveInputs(
  { dataset, artifacts }: { readonly dataset: Dataset; readonly artifacts: Artifacts },
  { plan, job, runs }: JobContext,
  cacheDir: string,
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
  const known = new Map(found.flatMap(([id, uri]) => (uri === undefined ? [] : [[id, uri]])));
  if (known.size < new Set(outside).size) return null;
  const fetched = [...known].map(async ([id, uri]): Promise<[string, string]> => {
    return [id, await artifacts.fetch(uri, cacheDir)];
  });
  try {
    return new Map(await Promise.all(fetched));
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
