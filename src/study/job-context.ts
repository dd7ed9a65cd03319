/** Everything about one attempt at one job, from the study's plan and configuration. */
import { SpecError } from '../base/errors';
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import type { Plan, PlannedJob, PlannedRun } from '../domain/plan';
import { indexOf } from '../domain/plan-index';
import type { TrainedStudy } from '../domain/schema';
import type { FailureClass } from '../domain/vocabulary';
import { finishedRuns, type FinishedRuns } from './finished-runs';

export interface JobContext {
  readonly plan: Plan;
  readonly study: TrainedStudy;
  readonly job: PlannedJob;
  readonly attempt: number;
  readonly runs: readonly PlannedRun[];
  /** Those of `runs` that an earlier attempt finished. */
  readonly finished: FinishedRuns;
}

/** How one run of a job ended. */
export interface RunEnd {
  readonly run_id: string;
  readonly status: 'done' | 'failed' | 'blocked' | 'cancelled';
  readonly failure_class: FailureClass | null;
  readonly error: string | null;
  readonly wall_seconds: number | null;
}

export interface JobResults {
  readonly recipe_version: string | null;
  readonly ends: readonly RunEnd[];
}

/** Identifies an attempt at a job of a plan. */
export interface JobAttempt {
  readonly plan_key: string;
  readonly job: string;
  readonly attempt: number;
}

interface Deps {
  readonly studies: Pick<Studies, 'plan' | 'recentSpec'>;
  readonly dataset: Pick<Dataset, 'newest'>;
}

export async function loadJobContext(
  { studies, dataset }: Deps,
  { plan_key, job: name, attempt }: JobAttempt,
): Promise<JobContext> {
  const plan = await studies.plan(plan_key);
  const { jobs, runs: planned } = indexOf(plan);
  const job = jobs.get(name);
  const { study } = await studies.recentSpec(plan.study);
  if (!job || study.kind !== 'trained')
    throw new SpecError(`Plan "${plan_key}" has no job "${name}".`);
  const runs = job.run_ids.flatMap((id) => planned.get(id) ?? []);
  const finished = await finishedRuns(dataset, plan.study, { job, attempt, runs });
  return { plan, study, job, attempt, runs, finished };
}
