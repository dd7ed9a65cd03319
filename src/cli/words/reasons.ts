/** Why each unfinished run of a study is waiting, from its plan, its clusters and Temporal. */
import type { Cluster } from '../../cluster/cluster';
import type { JobNames } from '../../cluster/kind';
import type { Row } from '../../dataset/tables';
import { whyWaiting } from '../../domain/waiting';
import { stateOf, type LiveJobs, type LiveState, type NamedJobs } from '../../study/live-jobs';
import type { LiveStatus } from '../../temporal/live-status';
import type { StudyProgress } from '../../study/progress';
import type { Troubles } from '../../temporal/troubles';

interface Live {
  readonly status: LiveStatus;
  readonly troubles: Troubles;
  readonly jobs: LiveJobs;
  readonly clusters: NamedJobs;
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
    reasons.set(run_id, describeJob(state, clusters.get(cluster ?? '')?.jobNames, trouble));
  }
  return reasons;
}

export function describeJob(
  state: LiveState,
  names: JobNames | undefined,
  trouble?: string,
): string {
  if (state instanceof Error) return `the cluster does not answer: ${state.message}`;
  switch (state.status) {
    case 'queued':
      return state.reason;
    case 'running':
      return whatRuns(names, state.external_id);
    case 'succeeded':
    case 'failed':
      return 'the job has ended and is being recorded';
    case 'unknown':
      return trouble ?? 'the job is being submitted';
  }
}

function whatRuns(names: JobNames | undefined, id: string): string {
  return id && names ? `the job runs as ${names.nameOf(id)}` : 'the job is running';
}

/** Why a log is empty, in the words of `status --runs`. */
export async function whySilent(
  { run_id, job, status }: Pick<Row<'runs'>, 'run_id' | 'job' | 'status'>,
  cluster: Pick<Cluster, 'poll'>,
  names?: JobNames,
): Promise<string> {
  if (status !== 'running') return `Run "${run_id}" is ${status}, and its job printed nothing.`;
  return `Nothing printed yet: ${describeJob(await stateOf(cluster, job), names)}`;
}
