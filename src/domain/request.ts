/** A plan that executes only part of a study, or repeats part of it. Pure. */
import type { PlannedRun } from './planned';
import type { RunDraft } from './runs';
import type { Stage } from './vocabulary';

export interface PlanRequest {
  /** Runs to try again, with their dependants and dependencies. Default: all missing runs. */
  readonly only?: readonly string[];
  /** Repeat the runs of this stage, and all runs that depend on them, even if they are recorded. */
  readonly from?: Stage;
  /** Why nothing may run: the budget that is spent. */
  readonly spent?: string;
}

type Linked = Pick<RunDraft, 'run_id' | 'input_run_id'>;

/** The runs that `from` selects. In `drafts` inputs come before the runs that need them. */
export function doneAgain(
  drafts: readonly RunDraft[],
  from: Stage | undefined,
): ReadonlySet<string> {
  if (!from) return new Set();
  return withDependents(
    drafts,
    drafts.filter(({ stage }) => stage === from).map(({ run_id }) => run_id),
  );
}

/**
 * Blocks the runs that were not requested. Their recorded status is kept: the failure still
 * applies.
 */
export function narrow(
  runs: readonly PlannedRun[],
  only: readonly string[] | undefined,
  recorded: ReadonlyMap<string, { readonly attempt: number }>,
): readonly PlannedRun[] {
  if (!only) return runs;
  const asked = withInputs(runs, withDependents(runs, only));
  return runs.map((run) =>
    run.action !== 'run' || asked.has(run.run_id)
      ? run
      : {
          ...run,
          action: 'blocked',
          reason: `not requested (${run.reason})`,
          attempt: recorded.get(run.run_id)?.attempt ?? run.attempt,
        },
  );
}

export function blockAll(runs: readonly PlannedRun[], reason: string): PlannedRun[] {
  return runs.map((run) => (run.action === 'run' ? { ...run, action: 'blocked', reason } : run));
}

function withDependents(runs: readonly Linked[], ids: readonly string[]): Set<string> {
  const found = new Set(ids);
  for (const { run_id, input_run_id } of runs)
    if (input_run_id !== null && found.has(input_run_id)) found.add(run_id);
  return found;
}

function withInputs(runs: readonly Linked[], ids: ReadonlySet<string>): Set<string> {
  const found = new Set(ids);
  for (const { run_id, input_run_id } of [...runs].reverse())
    if (input_run_id !== null && found.has(run_id)) found.add(input_run_id);
  return found;
}
