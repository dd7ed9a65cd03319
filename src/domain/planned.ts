/** The parts of a plan. */
import type { RunDraft } from './runs';
import type { Study } from './schema';
import type { Stage } from './vocabulary';

/** The latest recorded attempt of a run. */
export interface RecordedRun {
  readonly run_id: string;
  readonly fingerprint: string;
  readonly values_json: string;
  readonly source_digest: string;
  readonly status: string;
  readonly failure_class: string | null;
  readonly attempt: number;
  readonly wall_seconds: number | null;
  readonly gpu_seconds?: number | null;
  /** False if the weights that the run wrote were deleted; null for a run that writes none. */
  readonly checkpoint_exists: boolean | null;
}

/**
 * `blocked`: the run is not recorded and will not run, since it was not requested or a budget is
 * spent.
 */
export type Action = 'reuse' | 'run' | 'blocked';

/** A run of the plan, with the action to take. */
export interface PlannedRun extends RunDraft {
  readonly action: Action;
  readonly reason: string;
  /** 1 for a run that was never tried. */
  readonly attempt: number;
  /** Median wall time of recorded runs of this stage and task, or null when there is none. */
  readonly estimated_seconds: number | null;
  /** Estimated GPU-hours, from the same runs; from wall time if no GPU time is recorded. */
  readonly gpu_hours?: number | null;
  /** Set if a recorded run is repeated by request: its new measurements replace the old ones. */
  readonly redo?: true;
  /** The state of the budget, for a variant that is fine-tuned only if it is selected. */
  readonly budget?: 'open' | 'spent';
}

/** Runs that share one process, since startup and compilation take longer than small runs. */
export interface PlannedJob {
  readonly name: string;
  readonly variant_id: string;
  /** The variant at the end of the training run; its workflow executes the job. */
  readonly trained_as: string;
  readonly stage: Stage;
  readonly recipe: string;
  readonly cluster: string;
  readonly run_ids: readonly string[];
  /**
   * Names of jobs of the same training run that must have ended, well or not, before this one
   * starts.
   */
  readonly needs: readonly string[];
  readonly attempt: number;
}

export interface PlannedRecipe {
  readonly version: string;
  readonly source_digest: string;
}

export interface Plan {
  readonly study: string;
  readonly study_fingerprint: string;
  readonly kind: Study['kind'];
  /** The details of every recipe, by name, that are recorded with its results. */
  readonly recipes: Readonly<Record<string, PlannedRecipe>>;
  readonly runs: readonly PlannedRun[];
  readonly jobs: readonly PlannedJob[];
  readonly warnings: readonly string[];
}
