/** Ends a study's execution: writes the report and records how the study ended. */
import type { Latest, Studies } from '../books/studies';
import type { ObjectStore } from '../dataset/store';
import type { Plan, PlannedRun } from '../domain/plan';
import type { Study } from '../domain/schema';
import type { RunStatus } from '../domain/vocabulary';
import { countStatuses, untunedVariants, type RunCounts } from '../domain/status';
import { spentBudget, type BudgetDeps } from './budget';
import { buildReport } from './build-report';
import { statusOfRuns } from './run-statuses';

export interface StudySummary {
  readonly study: string;
  readonly status: Latest['status'];
  readonly runs: RunCounts;
  /** Number of variants that the budget left out, when not all are fine-tuned. */
  readonly not_fine_tuned?: number;
  /** What was spent, for a study that ended at its budget. */
  readonly spent?: string;
  readonly report_key: string;
  readonly dataset_version: number;
}

interface Deps extends BudgetDeps {
  readonly studies: Studies;
  readonly store: ObjectStore;
  /** Removes the checkpoints that the study does not keep after its end. */
  readonly letGo: (study: Study, plan: Plan) => Promise<void>;
}

export interface ReportInput {
  readonly study: string;
  readonly cancelled: boolean;
  /** The variants that were chosen, when not all are fine-tuned. */
  readonly chosen?: readonly string[];
}

/** Renders the report and records the end of the study. */
export async function closeStudy(deps: Deps, input: ReportInput): Promise<StudySummary> {
  const { studies, dataset } = deps;
  const latest = await studies.latest(input.study);
  const statuses = await statusOfRuns(deps, input.study);
  const report_key = await studies.saveReport(input.study, await buildReport(deps, input.study));
  const plan = latest && (await studies.plan(latest.plan_key));
  const untuned = plan && input.chosen ? leftOut(plan, statuses, input.chosen) : new Set();
  const needed = (plan?.runs ?? []).filter(
    ({ task, variant_id }) => task === null || !untuned.has(variant_id),
  );
  const ends = needed.map((run) => endOf(run, statuses.get(run.run_id)));
  const status = conclusion(ends, input.cancelled);
  const { study } = await studies.spec(input.study);
  const isShort = status === 'cancelled' && !input.cancelled;
  const spent = isShort ? await spentBudget(deps, study) : null;
  const head = await dataset.head();
  if (latest)
    await studies.saveLatest(input.study, {
      ...latest,
      status,
      ended_at: new Date().toISOString(),
      ...(head && { head }),
    });
  if (plan && status === 'done') await deps.letGo(study, plan);
  return {
    study: input.study,
    status,
    runs: countStatuses(statuses.values()),
    ...(input.chosen && { not_fine_tuned: untuned.size }),
    ...(spent !== null && { spent }),
    report_key,
    dataset_version: head?.version ?? 0,
  };
}

/**
 * The variants that were not chosen. The budget left them out, so their fine-tuning is not missing.
 */
function leftOut(
  plan: Plan,
  statuses: ReadonlyMap<string, RunStatus>,
  chosen: readonly string[],
): ReadonlySet<string> {
  const asked = new Set(chosen);
  return new Set([...untunedVariants(plan, statuses)].filter((id) => !asked.has(id)));
}

/**
 * A study with runs that were not requested or that a budget ruled out ended early; it has not
 * failed.
 */
function conclusion(statuses: readonly RunStatus[], cancelled: boolean): Latest['status'] {
  if (cancelled) return 'cancelled';
  if (statuses.every((status) => status === 'done' || status === 'reused')) return 'done';
  const failed = statuses.some((status) => status === 'failed' || status === 'blocked');
  return !failed && statuses.includes('cancelled') ? 'cancelled' : 'failed';
}

/** A blocked run that never started was not requested, or a budget ruled it out. */
function endOf({ action }: PlannedRun, status: RunStatus = 'pending'): RunStatus {
  return status === 'pending' && action === 'blocked' ? 'cancelled' : status;
}
