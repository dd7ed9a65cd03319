/** Progress of a study: from the record and from the progress files of running jobs. */
import { ClusterUnavailableError } from '../base/errors';
import type { Cluster } from '../cluster/cluster';
import { runStatuses, countStatuses, untunedVariants, type RunCounts } from '../domain/status';
import type { Plan } from '../domain/plan';
import { ProgressSchema, type Progress } from '../domain/job-schema';
import type { RunState } from '../domain/retry';
import type { RunStatus } from '../domain/vocabulary';
import { mapParallel } from '../base/parallel';
import type { Row } from '../dataset/tables';
import type { OnRecord } from './on-record';

export interface StudyProgress {
  readonly plan: Plan;
  readonly counts: RunCounts;
  readonly statuses: ReadonlyMap<string, RunStatus>;
  readonly latest: ReadonlyMap<string, Row<'runs'>>;
  /** The current step of each running job. */
  readonly current: readonly Progress[];
  /** Null until a similar run was measured. */
  readonly seconds_left: number | null;
  /** For a study that has ended: number of variants that its budget left out. */
  readonly not_fine_tuned: number;
}

type Clusters = ReadonlyMap<string, { readonly cluster: Pick<Cluster, 'readFile'> }>;

export async function studyProgress(
  { dataset, studies }: Pick<OnRecord, 'dataset' | 'studies'>,
  clusters: Clusters,
  study: string,
): Promise<StudyProgress | null> {
  const books = await studies.latest(study);
  if (!books) return null;
  const plan = await studies.plan(books.plan_key);
  const latest = await dataset.newest('runs', study);
  const current = await currentSteps(latest, clusters);
  const statuses = refine(runStatuses(plan, latest), latest, current);
  return {
    plan,
    counts: countStatuses(statuses.values()),
    statuses,
    latest,
    current,
    seconds_left: secondsLeft(plan, statuses, latest),
    not_fine_tuned: books.ended_at ? untunedVariants(plan, statuses).size : 0,
  };
}

/** Each run with its status and failure class, from which a retry chooses. */
export function retryable({
  statuses,
  latest,
}: Pick<StudyProgress, 'statuses' | 'latest'>): ReadonlyMap<string, RunState> {
  return new Map(
    [...statuses].map(([run, status]) => {
      const failure_class = latest.get(run)?.failure_class ?? null;
      return [run, { status, failure_class }];
    }),
  );
}

/** A node's clock may lag this machine's. */
const CLOCKS_DIFFER_MS = 30_000;
const FILES_AT_ONCE = 64;

async function currentSteps(
  latest: ReadonlyMap<string, Row<'runs'>>,
  clusters: Clusters,
): Promise<Progress[]> {
  const jobs = new Map<string, Row<'runs'>>();
  for (const row of latest.values()) if (row.status === 'running') jobs.set(row.job, row);
  const steps = await mapParallel([...jobs.values()], FILES_AT_ONCE, (row) =>
    currentStep(row, clusters),
  );
  return steps.filter((step) => step !== null);
}

async function currentStep(
  { job, cluster: name, recorded_at }: Row<'runs'>,
  clusters: Clusters,
): Promise<Progress | null> {
  const cluster = clusters.get(name)?.cluster;
  const step = cluster ? await lastProgress(cluster, job) : null;
  // The attempt before wrote to the same file.
  const since = recorded_at.getTime() - CLOCKS_DIFFER_MS;
  return step && !(Date.parse(step.time) < since) ? step : null;
}

/**
 * The runs of a job are recorded together at its end; until then, the progress file shows which run
 * is current.
 */
function refine(
  statuses: ReadonlyMap<string, RunStatus>,
  latest: ReadonlyMap<string, Row<'runs'>>,
  current: readonly Progress[],
): ReadonlyMap<string, RunStatus> {
  const now = new Set(current.map((step) => step.run_id));
  const refined = new Map(statuses);
  for (const [run, status] of statuses)
    if (status === 'running' && latest.has(run) && !now.has(run)) refined.set(run, 'pending');
  return refined;
}

/** Many times the length of a progress line. */
const PROGRESS_BYTES = 4096;

/** The last complete line of a job's progress file; null if the cluster cannot be reached. */
async function lastProgress(
  cluster: Pick<Cluster, 'readFile'>,
  job: string,
): Promise<Progress | null> {
  const end = await cluster
    .readFile(job, 'progress.jsonl', { last: PROGRESS_BYTES })
    .catch(ignoreUnavailable);
  const said = Buffer.from(end ?? []).toString();
  const line = said
    .split('\n')
    .filter((text) => text.endsWith('}'))
    .at(-1);
  if (!line) return null;
  try {
    return ProgressSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // an incomplete line
  }
}

function ignoreUnavailable(error: unknown): null {
  if (error instanceof ClusterUnavailableError) return null;
  throw error;
}

/**
 * Mean recorded time of each kind of run, summed over the runs that are left, divided by the number
 * of parallel jobs.
 */
function secondsLeft(
  plan: Plan,
  statuses: ReadonlyMap<string, RunStatus>,
  latest: ReadonlyMap<string, Row<'runs'>>,
): number | null {
  const seconds = new Map<string, Total>();
  for (const row of latest.values()) {
    const kind = `${row.stage}/${row.task ?? ''}`;
    if (row.wall_seconds === null) continue;
    const { sum, count } = seconds.get(kind) ?? { sum: 0, count: 0 };
    seconds.set(kind, { sum: sum + row.wall_seconds, count: count + 1 });
  }
  if (plan.runs.some(({ budget }) => budget === 'open')) return null;
  const left = plan.runs.filter(
    (run) =>
      run.budget !== 'spent' && ['pending', 'running'].includes(statuses.get(run.run_id) ?? ''),
  );
  const costs = left.map(
    (run) => mean(seconds.get(`${run.stage}/${run.task ?? ''}`)) ?? run.estimated_seconds,
  );
  if (costs.some((cost) => cost === null)) return null;
  const running = [...statuses.values()].filter((status) => status === 'running').length;
  return costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) / Math.max(1, running);
}

interface Total {
  readonly sum: number;
  readonly count: number;
}

function mean(total: Total | undefined): number | null {
  return total ? total.sum / total.count : null;
}
