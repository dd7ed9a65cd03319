/** What the steps of a job share. */
import type { Plan, PlannedJob, PlannedRun } from '../domain/plan';
import type { TrainedStudy } from '../domain/schema';

/** Everything about one attempt at one job. */
export interface JobContext {
  readonly plan: Plan;
  readonly study: TrainedStudy;
  readonly job: PlannedJob;
  readonly attempt: number;
  readonly runs: readonly PlannedRun[];
}
