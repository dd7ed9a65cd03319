/** Changes the plan of a running study. Pure. */
import type { Plan, PlannedJob } from './plan';

/**
 * The runs of `fresh` replace those of the current plan, or are appended to it. All else stays as
 * planned, so that work done in this execution stays done and the order of the list stays the same.
 */
export function amendPlan(current: Plan, fresh: Plan): Plan {
  const changes = new Map(
    fresh.runs.filter(({ action }) => action === 'run').map((run) => [run.run_id, run]),
  );
  const known = new Set(current.runs.map(({ run_id }) => run_id));
  return {
    ...current,
    study_fingerprint: fresh.study_fingerprint,
    runs: [
      ...current.runs.map((run) => changes.get(run.run_id) ?? run),
      ...fresh.runs.filter(({ run_id }) => !known.has(run_id)),
    ],
    jobs: amendJobs(current.jobs, fresh.jobs),
  };
}

function amendJobs(
  current: readonly PlannedJob[],
  fresh: readonly PlannedJob[],
): readonly PlannedJob[] {
  const left = new Map<string, PlannedJob[]>();
  for (const job of fresh) left.set(job.trained_as, [...(left.get(job.trained_as) ?? []), job]);
  const changed = new Set(left.keys());
  const inPlace = current.flatMap((job) => {
    if (!changed.has(job.trained_as)) return [job];
    const jobs = left.get(job.trained_as) ?? [];
    left.delete(job.trained_as);
    return jobs;
  });
  return [...inPlace, ...[...left.values()].flat()];
}
