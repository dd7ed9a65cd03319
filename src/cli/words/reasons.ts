/** Why each run of a study that has not ended is where it is, by its plan, its clusters and Temporal. */
import type { Cluster } from '../../cluster/cluster';
import type { ClusterConfig } from '../../cluster/settings';
import type { Row } from '../../dataset/tables';
import { whyWaiting } from '../../domain/waiting';
import { stateOf, type ClusterKinds, type LiveJobs, type LiveState } from '../../study/live-jobs';
import type { LiveStatus } from '../../temporal/live-status';
import type { StudyProgress } from '../../study/progress';
import type { Troubles } from '../../temporal/troubles';

interface Live {
  readonly status: LiveStatus;
  readonly troubles: Troubles;
  readonly jobs: LiveJobs;
  readonly clusters: ClusterKinds;
}

export function waitingReasons(
  { plan, statuses, latest }: Pick<StudyProgress, 'plan' | 'statuses' | 'latest'>,
  live: Live,
): ReadonlyMap<string, string> {
  const jobs = jobReasons(latest, live);
  const held = HELD[live.status] ?? null;
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

function jobReasons(
  latest: StudyProgress['latest'],
  { jobs, troubles, clusters }: Live,
): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const [run_id, state] of jobs) {
    const { variant_id, cluster } = latest.get(run_id) ?? {};
    const trouble = troubles.get(variant_id ?? '');
    reasons.set(run_id, describeJob(state, clusters[cluster ?? '']?.kind, trouble));
  }
  return reasons;
}

export function describeJob(
  state: LiveState,
  kind: ClusterConfig['kind'] | undefined,
  trouble?: string,
): string {
  if (state instanceof Error) return `its cluster does not answer: ${state.message}`;
  switch (state.status) {
    case 'queued':
      return state.reason;
    case 'running':
      return whatRuns(kind, state.external_id);
    case 'succeeded':
    case 'failed':
      return 'its job has ended and is being recorded';
    case 'unknown':
      return trouble ?? 'its job is being submitted';
  }
}

/** By the name that the scheduler's own commands take, or those of this machine. */
function whatRuns(kind: ClusterConfig['kind'] | undefined, id: string): string {
  if (!id || !kind) return 'its job runs';
  return kind === 'slurm' ? `Slurm job ${id} runs` : `its job runs as process ${id}`;
}

/** Of a log that holds nothing: why, as `status --runs` has it. */
export async function whySilent(
  { run_id, job, status }: Pick<Row<'runs'>, 'run_id' | 'job' | 'status'>,
  cluster: Pick<Cluster, 'poll'>,
  kind?: ClusterConfig['kind'],
): Promise<string> {
  if (status !== 'running') return `Run "${run_id}" is ${status}, and its job printed nothing.`;
  return `Nothing printed yet: ${describeJob(await stateOf(cluster, job), kind)}`;
}
