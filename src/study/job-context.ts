/** Everything about one attempt at one job, from the study's books. */
import { SpecError } from '../base/errors';
import type { Studies } from '../books/studies';
import type { Plan, PlannedJob, PlannedRun } from '../domain/plan';
import { indexOf } from '../domain/plan-index';
import type { TrainedStudy } from '../domain/schema';

export interface JobContext {
  readonly plan: Plan;
  readonly study: TrainedStudy;
  readonly job: PlannedJob;
  readonly attempt: number;
  readonly runs: readonly PlannedRun[];
}

/** Which attempt at which job of a plan. */
export interface JobAttempt {
  readonly plan_key: string;
  readonly job: string;
  readonly attempt: number;
}

export async function loadJobContext(
  studies: Pick<Studies, 'plan' | 'recentSpec'>,
  of: JobAttempt,
): Promise<JobContext> {
  const plan = await studies.plan(of.plan_key);
  const { jobs, runs: planned } = indexOf(plan);
  const job = jobs.get(of.job);
  const { study } = await studies.recentSpec(plan.study);
  if (!job || study.kind !== 'trained')
    throw new SpecError(`Plan "${of.plan_key}" has no job "${of.job}".`);
  const runs = job.run_ids.flatMap((id) => planned.get(id) ?? []);
  return { plan, study, job, attempt: of.attempt, runs };
}
