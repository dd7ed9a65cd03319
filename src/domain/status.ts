/** The status of each run of a study, derived from its plan and the record alone. Pure. */
import type { Plan, PlannedRun } from './plan';
import { RUN_STATUSES, type RunStatus } from './vocabulary';

/** The columns of a `runs` row that determine its status; the latest row of a run applies. */
export interface RunRecord {
  readonly run_id: string;
  readonly fingerprint: string;
  readonly status: string;
  readonly attempt: number;
}

export type RunCounts = { readonly [K in RunStatus | 'total']: number };

/** `latest` has the newest row of each run. */
export function runStatuses(
  plan: Plan,
  latest: ReadonlyMap<string, RunRecord>,
): ReadonlyMap<string, RunStatus> {
  const statuses = new Map<string, RunStatus>();
  for (const run of plan.runs) statuses.set(run.run_id, statusOf(run, latest, statuses));
  return statuses;
}

/**
 * In `plan.runs` inputs come before the runs that need them, so that one pass finds all blocked
 * runs.
 */
function statusOf(
  run: PlannedRun,
  latest: ReadonlyMap<string, RunRecord>,
  before: ReadonlyMap<string, RunStatus>,
): RunStatus {
  if (run.action === 'reuse') return 'reused';
  const record = latest.get(run.run_id);
  if (record && isStatus(record.status) && isCurrent(record, run)) return record.status;
  const input = run.input_run_id ? before.get(run.input_run_id) : undefined;
  return input === 'failed' || input === 'blocked' ? 'blocked' : 'pending';
}

/** A failure that the plan retries no longer counts. */
function isCurrent(record: RunRecord, run: PlannedRun): boolean {
  const ended = record.status === 'failed' || record.status === 'cancelled';
  return record.fingerprint === run.fingerprint && (!ended || record.attempt >= run.attempt);
}

/** Variants that are fine-tuned only if selected, and whose fine-tuning was not started. */
export function untunedVariants(
  plan: Plan,
  statuses: ReadonlyMap<string, RunStatus>,
): ReadonlySet<string> {
  const tuning = plan.runs.filter(({ budget }) => budget !== undefined);
  const begun = tuning.filter(({ run_id }) => statuses.get(run_id) !== 'pending');
  const untuned = new Set(tuning.map(({ variant_id }) => variant_id));
  for (const { variant_id } of begun) untuned.delete(variant_id);
  return untuned;
}

export function countStatuses(statuses: Iterable<RunStatus>): RunCounts {
  const counts = Object.fromEntries(RUN_STATUSES.map((status) => [status, 0])) as Record<
    RunStatus,
    number
  >;
  let total = 0;
  for (const status of statuses) {
    counts[status] += 1;
    total += 1;
  }
  return { total, ...counts };
}

/** The newest row of each run. `rows` are in the order in which they were recorded. */
export function latestRuns<T extends { readonly run_id: string }>(
  rows: readonly T[],
): Map<string, T> {
  return new Map(rows.map((row) => [row.run_id, row]));
}

function isStatus(status: string): status is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(status);
}
