/** Sums of run statuses. */
import type { RunCounts } from './messages';

export const NO_RUNS: RunCounts = { done: 0, failed: 0, blocked: 0, cancelled: 0 };

export function addCounts(a: RunCounts, b: RunCounts): RunCounts {
  return {
    done: a.done + b.done,
    failed: a.failed + b.failed,
    blocked: a.blocked + b.blocked,
    cancelled: a.cancelled + b.cancelled,
  };
}

export function countRuns(runs: readonly { readonly status: keyof RunCounts }[]): RunCounts {
  return runs.reduce(
    (counts, { status }) => ({ ...counts, [status]: counts[status] + 1 }),
    NO_RUNS,
  );
}
