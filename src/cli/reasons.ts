/** Why each run of a study that has not ended is where it is, by its plan, its clusters and Temporal. */
import type { ClusterEntry } from '../../activities';
import type { Cluster, JobState } from '../cluster/cluster';
import { whyWaiting } from '../domain/waiting';
import { ClusterUnavailableError } from '../errors';
import type { LiveStatus } from './live-status';
import type { StudyProgress } from './progress';
import type { Troubles } from './troubles';

export async function waitingReasons(
  { plan, statuses, latest }: StudyProgress,
  clusters: ReadonlyMap<string, ClusterEntry>,
  { status, troubles }: { readonly status: LiveStatus; readonly troubles: Troubles },
): Promise<ReadonlyMap<string, string>> {
  const jobs = await jobReasons(latest, clusters, troubles);
  const held = HELD[status] ?? null;
  const reasons = plan.runs.map((run) => [run.run_id, whyWaiting(run, { statuses, jobs, held })]);
  return new Map(reasons.filter((pair): pair is [string, string] => pair[1] != null));
}

const HELD: Partial<Record<LiveStatus, string>> = {
  paused: 'the study is paused',
  cancelling: 'the study is being cancelled',
  interrupted: 'the study was interrupted: resume it',
  failed: 'the study has ended: resume it',
  cancelled: 'the study has ended: resume it',
  pending: 'the study was never started',
};

async function jobReasons(
  latest: StudyProgress['latest'],
  clusters: ReadonlyMap<string, ClusterEntry>,
  troubles: Troubles,
): Promise<ReadonlyMap<string, string>> {
  const rows = [...latest.values()].filter((row) => row.status === 'running');
  const reasons = new Map<string, string>();
  for (const [name, { cluster }] of clusters) {
    const own = rows.filter((row) => row.cluster === name);
    if (!own.length) continue;
    const states = await statesOf(cluster, [...new Set(own.map(({ job }) => job))]);
    for (const row of own)
      reasons.set(
        row.run_id,
        states instanceof ClusterUnavailableError
          ? `its cluster does not answer: ${states.message}`
          : describe(states.get(row.job), troubles.get(row.variant_id)),
      );
  }
  return reasons;
}

async function statesOf(
  cluster: Cluster,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, JobState> | ClusterUnavailableError> {
  return cluster.poll(jobs).catch((error: unknown) => {
    if (error instanceof ClusterUnavailableError) return error;
    throw error;
  });
}

function describe(state: JobState | undefined, trouble: string | undefined): string {
  switch (state?.status) {
    case 'queued':
      return state.reason;
    case 'running':
      return 'its job runs';
    case 'succeeded':
    case 'failed':
      return 'its job has ended and is being recorded';
    default:
      return trouble ?? 'its job is being submitted';
  }
}
