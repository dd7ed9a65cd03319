/** Ends a study's execution: the report, and how it ended, on record. */
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
  /** Where not all variants are fine-tuned: how many the budget left out. */
  readonly not_fine_tuned?: number;
  /** Of a study that ended at its budget: what was spent. */
  readonly spent?: string;
  readonly report_key: string;
  readonly dataset_version: number;
}

interface Deps extends BudgetDeps {
  readonly studies: Studies;
  readonly store: ObjectStore;
  /** Removes the checkpoints that a finished study does not keep. */
  readonly letGo: (study: Study, plan: Plan) => Promise<void>;
}

export interface ReportInput {
  readonly study: string;
  readonly cancelled: boolean;
  /** Where not all are fine-tuned: the variants that were chosen. */
  readonly chosen?: readonly string[];
}

/** Renders the report and closes the study's books. */
export async function closeStudy(deps: Deps, of: ReportInput): Promise<StudySummary> {
  const { studies, dataset } = deps;
  const latest = await studies.latest(of.study);
  const statuses = await statusOfRuns(deps, of.study);
  const report_key = await studies.saveReport(of.study, await buildReport(deps, of.study));
  const plan = latest && (await studies.plan(latest.plan_key));
  const untuned = plan && of.chosen ? leftOut(plan, statuses, of.chosen) : new Set();
  const needed = (plan?.runs ?? []).filter(
    ({ task, variant_id }) => task === null || !untuned.has(variant_id),
  );
  const ends = needed.map((run) => endOf(run, statuses.get(run.run_id)));
  const status = conclusion(ends, of.cancelled);
  const { study } = await studies.spec(of.study);
  const isShort = status === 'cancelled' && !of.cancelled;
  const spent = isShort ? await spentBudget(deps, study) : null;
  if (latest)
    await studies.saveLatest(of.study, { ...latest, status, ended_at: new Date().toISOString() });
  if (plan && status === 'done') await deps.letGo(study, plan);
  return {
    study: of.study,
    status,
    runs: countStatuses(statuses.values()),
    ...(of.chosen && { not_fine_tuned: untuned.size }),
    ...(spent !== null && { spent }),
    report_key,
    dataset_version: await dataset.version(),
  };
}

/** The variants that nobody chose: the budget left them out, and their fine-tuning is not missing. */
function leftOut(
  plan: Plan,
  statuses: ReadonlyMap<string, RunStatus>,
  chosen: readonly string[],
): ReadonlySet<string> {
  const asked = new Set(chosen);
  return new Set([...untunedVariants(plan, statuses)].filter((id) => !asked.has(id)));
}

/** A study without runs that nobody asked for, or that a budget forbade, was ended early; it has not failed. */
function conclusion(statuses: readonly RunStatus[], cancelled: boolean): Latest['status'] {
  if (cancelled) return 'cancelled';
  if (statuses.every((status) => status === 'done' || status === 'reused')) return 'done';
  const failed = statuses.some((status) => status === 'failed' || status === 'blocked');
  return !failed && statuses.includes('cancelled') ? 'cancelled' : 'failed';
}

/** What nobody asked for, or a budget forbade, is not under way. */
function endOf({ action }: PlannedRun, status: RunStatus = 'pending'): RunStatus {
  return status === 'pending' && action === 'blocked' ? 'cancelled' : status;
}
