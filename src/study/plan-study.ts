/** The plan that a study would be run by now, its budget included. */
import { Artifacts } from '../artifacts/artifacts';
import type { Config } from '../config';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { Rates } from '../domain/spending';
import { spentBudget } from './budget';
import { openClusters, requireCluster } from './clusters';
import type { LoadedStudy } from './load-study';
import type { OnRecord } from './on-record';
import { planFromRecord } from './plan-from-record';

export async function planStudyNow(
  config: Config,
  { dataset, store, studies }: OnRecord,
  { study, table }: LoadedStudy,
  request: PlanRequest = {},
): Promise<Plan> {
  const clusters = openClusters(config);
  const spent = await spentBudget({ dataset, studies, clusters }, study);
  const asked = { ...request, ...(spent !== null && { spent }) };
  const books = { artifacts: new Artifacts(store), clusters, dataset, recipes: config.recipes };
  return planFromRecord(books, study, table, asked);
}

/** Throws SpecError for a cluster that nobody configured: once on record, it would keep the study from being resumed. */
export function checkCluster({ clusters }: Pick<Config, 'clusters'>, study: Study): void {
  if (study.kind === 'trained') requireCluster(new Map(Object.entries(clusters)), study.cluster);
}

/** The cluster that runs a plan's jobs, and what an hour of one takes. */
export interface PlannedOn extends Rates {
  readonly name: string;
}

/** Undefined for a study without jobs. */
export function clusterOf(config: Config, study: Study): PlannedOn | undefined {
  if (study.kind !== 'trained') return undefined;
  const rates = openClusters(config).get(study.cluster);
  return rates && { ...rates, name: study.cluster };
}
