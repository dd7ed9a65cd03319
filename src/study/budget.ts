/** Whether a study's budget allows more jobs, from the record and the running jobs. */
import type { Dataset } from '../dataset/log';
import type { Studies } from '../books/studies';
import { studyId } from '../domain/ids';
import type { Row } from '../dataset/tables';
import type { Study, TrainedStudy } from '../domain/schema';
import { overBudget, spending, type RunningJob, type Spending } from '../domain/spending';
import { latestRuns } from '../domain/status';
import { repeat } from '../base/parallel';
import { SharedAnswer } from '../base/shared-answer';
import { clustersOf } from '../domain/stage-config';
import { requireCluster, type Clusters } from './clusters';

export interface BudgetDeps {
  readonly dataset: Dataset;
  readonly studies: Pick<Studies, 'latest' | 'recentSpec'>;
  readonly clusters: Clusters;
}

export async function studySpending(deps: BudgetDeps, study: TrainedStudy): Promise<Spending> {
  const id = studyId(study);
  const rows = await deps.dataset.read('runs', { study: id });
  const running = await runningJobs(deps, study, [...latestRuns(rows).values()]);
  const latest = await deps.studies.latest(id);
  const now = new Date();
  const started_at = latest && !latest.ended_at ? new Date(latest.started_at) : now;
  return spending(rows, { now, started_at, running });
}

async function runningJobs(
  deps: BudgetDeps,
  study: TrainedStudy,
  latest: readonly Pick<Row<'runs'>, 'status' | 'cluster' | 'job'>[],
): Promise<RunningJob[]> {
  const found = clustersOf(study).map(async (name) => {
    const { cluster, ...rates } = requireCluster(deps.clusters, name);
    const own = latest.filter((row) => row.status === 'running' && row.cluster === name);
    const jobs = [...new Set(own.map(({ job }) => job))];
    const states = jobs.length ? [...(await cluster.poll(jobs)).values()] : [];
    return states.flatMap((one) =>
      one.status === 'running' ? [{ started_at: one.started_at, rates }] : [],
    );
  });
  return (await Promise.all(found)).flat();
}

/** Why no more jobs may run, or null. */
export async function spentBudget(
  deps: BudgetDeps,
  study: Study,
  ask = (trained: TrainedStudy) => studySpending(deps, trained),
): Promise<string | null> {
  if (study.kind !== 'trained' || !study.budget) return null;
  return overBudget(study.budget, await ask(study));
}

const CHECK_MS = 5000;

export interface Guard {
  /** Why the job was ended, or null. */
  reason(): string | null;
  stop(): void;
}

/**
 * Checks what studies have spent. All jobs of a study on this worker share one check, since a check
 * takes longer the more jobs a study has.
 */
export class BudgetWatch {
  private readonly looks = new Map<string, SharedAnswer<Spending>>();

  constructor(private readonly deps: BudgetDeps) {}

  /** Why no job may be submitted, by the record at the time of the call, or null. */
  spent(study: Study): Promise<string | null> {
    return spentBudget(this.deps, study, (trained) =>
      this.lookAt(trained).renewed(() => studySpending(this.deps, trained)),
    );
  }

  /**
   * Ends a job when the budget of its study is spent. A raised budget takes effect at the next
   * check, and a failed check is repeated.
   */
  guard(study: string, end: () => Promise<void>): Guard {
    let reason: string | null = null;
    const look = async () => {
      reason ??= await this.lately((await this.deps.studies.recentSpec(study)).study);
      if (reason !== null) await end();
    };
    return { reason: () => reason, stop: repeat(look, CHECK_MS) };
  }

  /** As `spent`, but may use a recent check made for another job. */
  private lately(study: Study): Promise<string | null> {
    return spentBudget(this.deps, study, (trained) =>
      this.lookAt(trained).recent(() => studySpending(this.deps, trained)),
    );
  }

  private lookAt(study: TrainedStudy): SharedAnswer<Spending> {
    const key = `${studyId(study)} on ${clustersOf(study).join(', ')}`;
    const known = this.looks.get(key) ?? new SharedAnswer<Spending>(CHECK_MS);
    this.looks.set(key, known);
    return known;
  }
}
