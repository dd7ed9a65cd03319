/** What a study has spent: against its budget, and in total. */
import { ClusterUnavailableError } from '../base/errors';
import type { Budget } from '../domain/schema';
import { isPriced, type Rates, type Spending } from '../domain/spending';
import { studySpending, type BudgetDeps } from './budget';

type Kind = keyof Spending;

export interface Spent {
  readonly budget?: Partial<Record<Kind, { readonly spent: number; readonly limit: number }>>;
  /** For a cluster with GPUs or a price. */
  readonly spent?: Partial<Spending>;
  /** Why neither is known: the cluster does not report how long its jobs have run. */
  readonly spent_unknown?: string;
}

/** Includes every attempt, and running jobs up to now. */
export async function spentByStudy(deps: BudgetDeps, id: string): Promise<Spent> {
  const { study } = await deps.studies.recentSpec(id);
  const rates = study.kind === 'trained' ? deps.clusters.get(study.cluster) : undefined;
  if (study.kind !== 'trained' || !rates) return {};
  if (!study.budget && !rates.gpus && !isPriced(rates)) return {};
  try {
    return describe(await studySpending(deps, study), study.budget ?? {}, rates);
  } catch (error) {
    if (error instanceof ClusterUnavailableError) return { spent_unknown: error.message };
    throw error;
  }
}

function describe(all: Spending, limits: Budget, rates: Rates): Spent {
  const budget = (Object.entries(limits) as [Kind, number][]).map(([kind, limit]) => [
    kind,
    { spent: all[kind], limit },
  ]);
  const spent = {
    ...(rates.gpus && { gpu_hours: all.gpu_hours }),
    ...(isPriced(rates) && { cost: all.cost }),
  };
  return {
    ...(budget.length && { budget: Object.fromEntries(budget) as Spent['budget'] }),
    ...(Object.keys(spent).length && { spent }),
  };
}
