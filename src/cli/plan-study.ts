/** The plan that a study would be run by now, its budget included. */
import { spentBudget } from '../../activities/budget';
import { planFromRecord, requireCluster } from '../../activities/plan';
import { Artifacts } from '../artifacts/artifacts';
import { openClusters } from '../clusters';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { CliContext } from './context';
import type { LoadedStudy } from './load-study';
import type { PlannedOn } from './plan-text';
import type { Session } from './session';

export async function planStudyNow(
  { config }: CliContext,
  { dataset, store, studies }: Session,
  { study, table }: LoadedStudy,
  request: PlanRequest = {},
): Promise<Plan> {
  const spent = await spentBudget({ dataset, studies, clusters: openClusters(config) }, study);
  const asked = { ...request, ...(spent !== null && { spent }) };
  return planFromRecord(
    { artifacts: new Artifacts(store), dataset, recipes: config.recipes },
    study,
    table,
    asked,
  );
}

/** Throws SpecError for a cluster that nobody configured: once on record, it would keep the study from being resumed. */
export function checkCluster({ config }: Pick<CliContext, 'config'>, study: Study): void {
  if (study.kind === 'trained')
    requireCluster(new Map(Object.entries(config.clusters)), study.cluster);
}

/** Where the study's jobs run, and what an hour of one takes; undefined for a study without jobs. */
export function clusterOf({ config }: CliContext, study: Study): PlannedOn | undefined {
  if (study.kind !== 'trained') return undefined;
  const rates = openClusters(config).get(study.cluster);
  return rates && { ...rates, name: study.cluster };
}
