/** Explains why a run has not ended. Pure. */
import type { PlannedRun } from './plan';
import type { RunStatus } from './vocabulary';

export interface Waiting {
  readonly statuses: ReadonlyMap<string, RunStatus>;
  /** The cluster's description of the job of each submitted run. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Why the study holds its runs (paused, interrupted), or null. */
  readonly held: string | null;
}

/** Null for a run that has ended, or needs no explanation. */
export function whyWaiting(run: PlannedRun, study: Waiting): string | null {
  const status = study.statuses.get(run.run_id);
  if (run.action === 'blocked' && status === 'pending') return run.reason;
  if (status === 'blocked') return `needs ${run.input_run_id}, which has not succeeded`;
  const job = study.jobs.get(run.run_id);
  if (status === 'running' || job !== undefined) return job ?? null;
  if (status !== 'pending') return null;
  if (study.held !== null) return study.held;
  const input = run.input_run_id === null ? undefined : study.statuses.get(run.input_run_id);
  const waits = input !== undefined && input !== 'done' && input !== 'reused';
  return waits ? `waits for ${run.input_run_id}` : "waits for a place in the study's window";
}
