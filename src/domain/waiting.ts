/** Why a run that has not ended is where it is. Pure. */
import type { PlannedRun } from './plan';
import type { RunStatus } from './vocabulary';

export interface Waiting {
  readonly statuses: ReadonlyMap<string, RunStatus>;
  /** What the cluster says of the job of each run that was submitted. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Of a study that holds its runs: paused, interrupted and the like. */
  readonly held: string | null;
}

/** Null for a run that has ended, or needs no words. */
export function whyWaiting(run: PlannedRun, of: Waiting): string | null {
  const status = of.statuses.get(run.run_id);
  if (run.action === 'blocked' && status === 'pending') return run.reason;
  if (status === 'blocked') return `needs ${run.input_run_id}, which has not ended well`;
  const job = of.jobs.get(run.run_id);
  if (status === 'running' || job !== undefined) return job ?? null;
  if (status !== 'pending') return null;
  if (of.held !== null) return of.held;
  const input = run.input_run_id === null ? undefined : of.statuses.get(run.input_run_id);
  const waits = input !== undefined && input !== 'done' && input !== 'reused';
  return waits ? `waits for ${run.input_run_id}` : "waits for a place in the study's window";
}
