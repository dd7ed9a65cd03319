/** What a plan is made of. */
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
  /** False when the weights that the run made are gone; null for a run that makes none. */
  readonly checkpoint_exists: boolean | null;
}

/** `blocked`: it is missing and does not run: nobody asked for it, or a budget is spent. */
export type Action = 'reuse' | 'run' | 'blocked';

/** A run of the plan, with what is to be done about it. */
export interface PlannedRun extends RunDraft {
  readonly action: Action;
  readonly reason: string;
  /** 1 for a run never tried. */
  readonly attempt: number;
  /** Median wall time of recorded runs of this stage and task, or null when there is none. */
  readonly estimated_seconds: number | null;
  /** GPU-hours that it will take by the same estimate; by the clock where no GPU time is recorded. */
  readonly gpu_hours?: number | null;
  /** Set where a run that is on record is done again by choice: its new measurements take over. */
  readonly redo?: true;
  /** Of a variant that is fine-tuned only if it is chosen, and how that stands. */
  readonly budget?: 'open' | 'spent';
}

/** Runs that share one process, since starting and compiling cost more than small runs do. */
export interface PlannedJob {
  readonly name: string;
  readonly variant_id: string;
  readonly stage: Stage;
  readonly recipe: string;
  readonly cluster: string;
  readonly run_ids: readonly string[];
  /** Names of jobs of the same variant that must have ended, well or not, before this one starts. */
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
  /** Of every recipe by name, what is recorded beside its results. */
  readonly recipes: Readonly<Record<string, PlannedRecipe>>;
  readonly runs: readonly PlannedRun[];
  readonly jobs: readonly PlannedJob[];
  readonly warnings: readonly string[];
}
