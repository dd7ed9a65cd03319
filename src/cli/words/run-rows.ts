/** The runs of a study as `foretune status --runs` lists them. */
import { externalId, type LiveJobs, type NamedJobs } from '../../study/live-jobs';
import { duration, formatTable } from './output';
import type { StudyProgress } from '../../study/progress';

export type RunRow = ReturnType<typeof runRows>[number];

/** `reasons` and `jobs` cover the runs that have not ended. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- what `-o json` prints
export function runRows(
  { statuses, latest }: Pick<StudyProgress, 'statuses' | 'latest'>,
  reasons: ReadonlyMap<string, string>,
  jobs: LiveJobs,
) {
  return [...statuses].map(([run_id, status]) => {
    const row = latest.get(run_id);
    return {
      run_id,
      status,
      attempt: row?.attempt ?? null,
      cluster: row?.cluster ?? null,
      job: row?.job ?? null,
      // The record has the id only once the job has ended.
      external_id: row ? (externalId(jobs.get(run_id), row.attempt) ?? row.external_id) : null,
      wall_seconds: row?.wall_seconds ?? null,
      gpu_seconds: row?.gpu_seconds ?? null,
      cost: row?.cost ?? null,
      failure_class: row?.failure_class ?? null,
      reason: reasons.get(run_id) ?? row?.error?.split('\n')[0] ?? null,
      error: row?.error ?? null,
    };
  });
}
/** Shows the job's id only on clusters whose ids stay valid after the job has ended. */
/** Jobs are named where their cluster's names last. */
export function runTable(clusters: NamedJobs, rows: readonly RunRow[]): string {
  const jobs = rows.map(({ cluster, external_id }) =>
    cluster !== null && clusters.get(cluster)?.jobNames.namesLast !== false
      ? `${cluster} ${external_id}`.trim()
      : '',
  );
  const isScheduled = jobs.some(Boolean);
  const cells = rows.map((row, i) => [
    row.run_id,
    row.status,
    String(row.attempt ?? ''),
    ...(isScheduled ? [jobs[i] ?? ''] : []),
    row.wall_seconds === null ? '' : duration(row.wall_seconds),
    [row.status === 'failed' ? row.failure_class : null, row.reason].filter(Boolean).join(': '),
  ]);
  const job = isScheduled ? ['job'] : [];
  return formatTable(['run', 'status', 'attempt', ...job, 'wall time', 'why'], cells);
}
