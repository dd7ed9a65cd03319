/** A plan's jobs and runs by name, since plans of thousands of variants are queried one by one. Pure. */
import type { Plan, PlannedJob, PlannedRun } from './plan';

export interface PlanIndex {
  readonly jobs: ReadonlyMap<string, PlannedJob>;
  readonly runs: ReadonlyMap<string, PlannedRun>;
  /** By variant, in the plan's order. */
  readonly jobsOf: ReadonlyMap<string, readonly PlannedJob[]>;
}

const indexes = new WeakMap<Plan, PlanIndex>();

/** Computed once per plan, and cached as long as the plan exists. */
export function indexOf(plan: Plan): PlanIndex {
  const index = indexes.get(plan) ?? makeIndex(plan);
  indexes.set(plan, index);
  return index;
}

function makeIndex({ jobs, runs }: Plan): PlanIndex {
  const jobsOf = new Map<string, PlannedJob[]>();
  for (const job of jobs) {
    const own = jobsOf.get(job.variant_id);
    if (own) own.push(job);
    else jobsOf.set(job.variant_id, [job]);
  }
  return {
    jobs: new Map(jobs.map((job) => [job.name, job])),
    runs: new Map(runs.map((run) => [run.run_id, run])),
    jobsOf,
  };
}
