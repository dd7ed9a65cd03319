/** The state on their clusters of all jobs that are on record as running. */
import type { Cluster, JobState } from '../cluster/cluster';
import type { ClusterEntry } from './clusters';
import { ClusterUnavailableError } from '../base/errors';
import type { StudyProgress } from './progress';

/** An error means that the cluster does not answer. */
export type LiveState = JobState | ClusterUnavailableError;
/** By run. */
export type LiveJobs = ReadonlyMap<string, LiveState>;
/** By the name of the cluster. */
export type NamedJobs = ReadonlyMap<string, Pick<ClusterEntry, 'jobNames'>>;

export async function pollJobs(
  { latest }: Pick<StudyProgress, 'latest'>,
  clusters: ReadonlyMap<string, { readonly cluster: Pick<Cluster, 'poll'> }>,
): Promise<LiveJobs> {
  const rows = [...latest.values()].filter((row) => row.status === 'running');
  const found = new Map<string, LiveState>();
  for (const [name, { cluster }] of clusters) {
    const own = rows.filter((row) => row.cluster === name);
    const states = await statesOf(cluster, [...new Set(own.map(({ job }) => job))]);
    for (const { run_id, job } of own)
      found.set(run_id, states instanceof Error ? states : (states.get(job) ?? UNKNOWN));
  }
  return found;
}

const UNKNOWN: JobState = { status: 'unknown' };

export async function stateOf(cluster: Pick<Cluster, 'poll'>, job: string): Promise<LiveState> {
  const states = await statesOf(cluster, [job]);
  return states instanceof Error ? states : (states.get(job) ?? UNKNOWN);
}

async function statesOf(
  cluster: Pick<Cluster, 'poll'>,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, JobState> | ClusterUnavailableError> {
  if (!jobs.length) return new Map();
  return cluster.poll(jobs).catch((error: unknown) => {
    if (error instanceof ClusterUnavailableError) return error;
    throw error;
  });
}

/** The cluster's id of this attempt at a job; null if the cluster has not given one. */
export function externalId(job: LiveState | undefined, attempt: number): string | null {
  if (!job || !('external_id' in job) || job.attempt !== attempt) return null;
  return job.external_id || null;
}
