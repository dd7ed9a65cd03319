/** What the steps of a job share. */
import type { Plan, PlannedJob, PlannedRun } from '../domain/plan';
import type { TrainedStudy } from '../domain/schema';
import type { FailureClass } from '../domain/vocabulary';

/** Everything about one attempt at one job. */
export interface JobContext {
  readonly plan: Plan;
  readonly study: TrainedStudy;
  readonly job: PlannedJob;
  readonly attempt: number;
  readonly runs: readonly PlannedRun[];
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
