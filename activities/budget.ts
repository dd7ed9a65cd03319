/** Whether a study may go on spending, by the record and by the jobs that run. */
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/dataset/studies';
import { studyId } from '../src/domain/ids';
import type { Study, TrainedStudy } from '../src/domain/schema';
import { overBudget, spending, type Spending } from '../src/domain/spending';
import { latestRuns } from '../src/domain/status';
import type { ClusterEntry } from './index';
import { requireCluster } from './plan';

export interface BudgetDeps {
  readonly dataset: Dataset;
  readonly studies: Pick<Studies, 'latest' | 'recentSpec'>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
}

export async function studySpending(deps: BudgetDeps, study: TrainedStudy): Promise<Spending> {
  const id = studyId(study);
  const { cluster, ...rates } = requireCluster(deps.clusters, study.cluster);
  const rows = await deps.dataset.read('runs', { study: id });
  const jobs = new Set(
    [...latestRuns(rows).values()].filter(({ status }) => status === 'running').map((r) => r.job),
  );
  const states = jobs.size ? [...(await cluster.poll([...jobs])).values()] : [];
  const running = states.flatMap((one) => (one.status === 'running' ? [one.started_at] : []));
  const latest = await deps.studies.latest(id);
  const now = new Date();
  const started_at = latest && !latest.ended_at ? new Date(latest.started_at) : now;
  return spending(rows, rates, { now, started_at, running });
}

/** Why nothing more may run, or null. */
export async function spentBudget(deps: BudgetDeps, study: Study): Promise<string | null> {
  if (study.kind !== 'trained' || !study.budget) return null;
  return overBudget(study.budget, await studySpending(deps, study));
}

const CHECK_MS = 5000;

export interface Guard {
  /** Why the job was ended, or null. */
  reason(): string | null;
  stop(): void;
}

/**
 * Ends a job when the budget of its study is spent. A budget that is raised meanwhile holds in a moment; a
 * look that fails is taken again.
 */
export function guardBudget(deps: BudgetDeps, study: string, end: () => Promise<void>): Guard {
  let reason: string | null = null;
  const look = async () => {
    reason ??= await spentBudget(deps, (await deps.studies.recentSpec(study)).study);
    if (reason !== null) await end();
  };
  const timer = setInterval(() => void look().catch(() => undefined), CHECK_MS);
  return { reason: () => reason, stop: () => clearInterval(timer) };
}
