/** What a study has spent, of its budget and besides, in the words of `foretune status`. */
import { studySpending, type BudgetDeps } from '../../activities/budget';
import { costOf, KINDS, show, type Spending } from '../domain/spending';

type Kind = keyof Spending;

export interface Spent {
  readonly budget?: Partial<Record<Kind, { readonly spent: number; readonly limit: number }>>;
  /** On a cluster with GPUs or a price. */
  readonly spent?: Partial<Spending>;
}

/** Every attempt counts, and jobs that run up to now. */
export async function spentOn(deps: BudgetDeps, id: string): Promise<Spent> {
  const { study } = await deps.studies.recentSpec(id);
  const rates = study.kind === 'trained' ? deps.clusters.get(study.cluster) : undefined;
  if (study.kind !== 'trained' || !rates) return {};
  const { gpus } = rates;
  const isPriced = costOf(1, rates) !== null;
  if (!study.budget && !gpus && !isPriced) return {};
  const { gpu_hours, cost, wall_hours } = await studySpending(deps, study);
  const all = { gpu_hours, cost, wall_hours };
  const limits = Object.entries(study.budget ?? {}) as [Kind, number][];
  const budget = limits.map(([kind, limit]) => [kind, { spent: all[kind], limit }]);
  const spent = { ...(gpus && { gpu_hours }), ...(isPriced && { cost }) };
  return {
    ...(limits.length && { budget: Object.fromEntries(budget) as Spent['budget'] }),
    ...(Object.keys(spent).length && { spent }),
  };
}

export function spentLines({ budget = {}, spent = {} }: Spent): string[] {
  const limited = Object.entries(budget).map(
    ([kind, { spent, limit }]) => `${show(spent)} of ${limit} ${KINDS[kind as Kind]}`,
  );
  const others = Object.entries(spent)
    .filter(([kind]) => !(kind in budget))
    .map(([kind, value]) => `${show(value)} ${KINDS[kind as Kind]}`);
  return [
    ...(limited.length ? [`budget: ${limited.join(', ')} spent`] : []),
    ...(others.length ? [`spent: ${others.join(', ')}`] : []),
  ];
}
