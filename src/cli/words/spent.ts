/** What a study has spent, as `foretune status` prints it. */
import { KINDS, show, type Spending } from '../../domain/spending';
import type { Spent } from '../../study/spent';

type Kind = keyof Spending;

export function spentLines({ budget = {}, spent = {}, spent_unknown }: Spent): string[] {
  if (spent_unknown !== undefined) return [`spent: unknown: ${spent_unknown}`];
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
