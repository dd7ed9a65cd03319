/** The addresses of the checkpoints that a job starts from. */
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Artifacts } from '../artifacts/artifacts';
import { indexOf } from '../domain/plan-index';
import { NotFoundError } from '../base/errors';
import type { Dataset } from '../dataset/log';
import { describeFiles, idOf, pathIn } from '../artifacts/manifest';
import type { WeightFiles } from '../artifacts/weight-files';
import type { RemoteCheckpoints } from './remote-checkpoints';
import type { JobContext } from './job-context';

/**
 * The address of each checkpoint from outside the job, by the run that made it. Checkpoints in the
 * object store are first fetched to where the jobs can read them. Null when a checkpoint is not
 * recorded under the planned fingerprint, or is no longer kept: then the job is blocked, and the
 * next plan makes the checkpoint again.
 */
export async function resolveInputs(
  deps: Deps,
  context: JobContext,
  weights: WeightFiles,
): Promise<ReadonlyMap<string, string> | null> {
  const made = await madeInputs(deps, context, weights);
  return made && new Map([...made, ...(await registeredInputs(deps, context, weights))]);
}

interface Deps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  readonly remote: Pick<RemoteCheckpoints, 'fetch'>;
}

/**
 * Addresses of checkpoints that existed before the study. They are copied if the jobs cannot read
 * them where they are. Throws SpecError for objects that were replaced since the study was planned.
 */
async function registeredInputs(
  { remote }: Deps,
  { runs }: JobContext,
  weights: WeightFiles,
): Promise<ReadonlyMap<string, string>> {
  const identities = new Map(
    runs.flatMap(({ input_uri, values }) =>
      input_uri === null ? [] : [[input_uri, String(values.input)] as const],
    ),
  );
  const found = [...identities].map(async ([uri, identity]): Promise<[string, string]> => {
    const here = uri.startsWith('s3://') ? await remote.fetch(uri, identity) : uri;
    return [uri, here.startsWith('file://') ? await shown(here, weights) : here];
  });
  return new Map(await Promise.all(found));
}

async function shown(uri: string, weights: WeightFiles): Promise<string> {
  if (!(await weights.missing([uri])).size) return uri;
  const place = fileURLToPath(uri);
  const manifest = await describeFiles(place);
  return weights.stage(idOf(manifest), manifest, (file, to) =>
    copyFile(pathIn(place, manifest.kind, file.name), to),
  );
}

async function madeInputs(
  { dataset, artifacts }: Deps,
  { plan, job, runs }: JobContext,
  weights: WeightFiles,
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
    return [id, await artifacts.fetch(uri, weights)];
  });
  try {
    return new Map(await Promise.all(fetched));
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
