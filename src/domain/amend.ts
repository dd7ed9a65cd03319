/** Changes of the plan of a study that runs. Pure. */
import type { Plan, PlannedJob } from './plan';

/**
 * What `fresh` runs takes the place of what stands, or is put behind it; all else stays as it was
 * planned, so that what is done in this execution stays done and what was listed stays in its place.
 */
export function amendPlan(standing: Plan, fresh: Plan): Plan {
  const changes = new Map(
    fresh.runs.filter(({ action }) => action === 'run').map((run) => [run.run_id, run]),
  );
  const known = new Set(standing.runs.map(({ run_id }) => run_id));
  return {
    ...standing,
    study_fingerprint: fresh.study_fingerprint,
    runs: [
      ...standing.runs.map((run) => changes.get(run.run_id) ?? run),
      ...fresh.runs.filter(({ run_id }) => !known.has(run_id)),
    ],
    jobs: amendJobs(standing.jobs, fresh.jobs),
  };
}

function amendJobs(
  standing: readonly PlannedJob[],
  fresh: readonly PlannedJob[],
): readonly PlannedJob[] {
  const left = new Map<string, PlannedJob[]>();
  for (const job of fresh) left.set(job.variant_id, [...(left.get(job.variant_id) ?? []), job]);
  const changed = new Set(left.keys());
  const inPlace = standing.flatMap((job) => {
    if (!changed.has(job.variant_id)) return [job];
    const jobs = left.get(job.variant_id) ?? [];
    left.delete(job.variant_id);
    return jobs;
  });
  return [...inPlace, ...[...left.values()].flat()];
}
