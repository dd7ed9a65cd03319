/**
 * A plan's jobs and runs by name, since plans of thousands of variants are queried one by one.
 * Pure.
 */
import type { Plan, PlannedJob, PlannedRun } from './plan';

export interface PlanIndex {
  readonly jobs: ReadonlyMap<string, PlannedJob>;
  readonly runs: ReadonlyMap<string, PlannedRun>;
  /** By variant, in the plan's order. */
  readonly jobsOf: JobsOf;
  /** Those of all variants of a training run, by the variant at its end. */
  readonly jobsOfTraining: JobsOf;
}

type JobsOf = ReadonlyMap<string, readonly PlannedJob[]>;

const indexes = new WeakMap<Plan, PlanIndex>();

/** Computed once per plan, and cached as long as the plan exists. */
export function indexOf(plan: Plan): PlanIndex {
  const index = indexes.get(plan) ?? makeIndex(plan);
  indexes.set(plan, index);
  return index;
}

function makeIndex({ jobs, runs }: Plan): PlanIndex {
  return {
    jobs: new Map(jobs.map((job) => [job.name, job])),
    runs: new Map(runs.map((run) => [run.run_id, run])),
    jobsOf: groupBy(jobs, 'variant_id'),
    jobsOfTraining: groupBy(jobs, 'trained_as'),
  };
}

function groupBy(jobs: readonly PlannedJob[], field: 'variant_id' | 'trained_as'): JobsOf {
  const groups = new Map<string, PlannedJob[]>();
  for (const job of jobs) {
    const own = groups.get(job[field]);
    if (own) own.push(job);
    else groups.set(job[field], [job]);
  }
  return groups;
}
