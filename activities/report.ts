/** Ends a study's execution: the report, and how it ended, on record. */
import { log } from '@temporalio/activity';
import type { Artifacts } from '../src/artifacts/artifacts';
import type { Latest, Studies } from '../src/books/studies';
import type { ObjectStore } from '../src/dataset/store';
import type { Plan, PlannedRun } from '../src/domain/plan';
import type { RunStatus } from '../src/domain/vocabulary';
import { countStatuses, untunedVariants, type RunCounts } from '../src/domain/status';
import { spentBudget, type BudgetDeps } from '../src/study/budget';
import { buildReport } from '../src/study/build-report';
import { letGo } from '../src/study/retention';
import { statusOfRuns } from '../src/study/run-statuses';

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
  readonly artifacts: Artifacts;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createReportActivities(deps: Deps) {
  return {
    /** Renders the report and closes the study's books. */
    async reportStudy(of: {
      readonly study: string;
      readonly cancelled: boolean;
      /** Where not all are fine-tuned: the variants that were chosen. */
      readonly chosen?: readonly string[];
    }): Promise<StudySummary> {
      const { studies, dataset } = deps;
      const latest = await studies.latest(of.study);
      const statuses = await statusOfRuns(deps, of.study);
      const report_key = await studies.saveReport(of.study, await buildReport(deps, of.study));
      const plan = latest && (await studies.plan(latest.plan_key));
      const untuned = plan && of.chosen ? leftOut(plan, statuses, of.chosen) : new Set();
      const lacking = (plan?.runs ?? []).filter(
        ({ task, variant_id }) => task === null || !untuned.has(variant_id),
      );
      const ends = lacking.map((run) => endOf(run, statuses.get(run.run_id)));
      const status = conclusion(ends, of.cancelled);
      const spent =
        status === 'cancelled' && !of.cancelled
          ? await spentBudget(deps, (await studies.spec(of.study)).study)
          : null;
      if (latest)
        await studies.saveLatest(of.study, {
          ...latest,
          status,
          ended_at: new Date().toISOString(),
        });
      if (plan && status === 'done') {
        const warn = (message: string, facts: object) => void log.warn(message, { ...facts });
        await letGo({ ...deps, warn }, (await studies.spec(of.study)).study, plan);
      }
      const runs = countStatuses(statuses.values());
      return {
        study: of.study,
        status,
        runs,
        ...(of.chosen && { not_fine_tuned: untuned.size }),
        ...(spent !== null && { spent }),
        report_key,
        dataset_version: await dataset.version(),
      };
    },
  };
}

/** The variants that nobody chose: the budget left them out, and their fine-tuning is not lacking. */
function leftOut(
  plan: Plan,
  statuses: ReadonlyMap<string, RunStatus>,
  chosen: readonly string[],
): ReadonlySet<string> {
  const asked = new Set(chosen);
  return new Set([...untunedVariants(plan, statuses)].filter((id) => !asked.has(id)));
}

/** A study that lacks runs which nobody or no budget allowed was ended early; it has not failed. */
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
