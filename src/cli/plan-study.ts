/** The plan that a study would be run by now, its budget included. */
import { spentBudget } from '../../activities/budget';
import { planFromRecord } from '../../activities/plan';
import { Artifacts } from '../artifacts/artifacts';
import { openClusters } from '../clusters';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { Rates } from '../domain/spending';
import type { CliContext } from './context';
import type { LoadedStudy } from './load-study';
import type { Session } from './session';

export async function planStudyNow(
  { config }: CliContext,
  { dataset, store, studies }: Session,
  { study, table }: LoadedStudy,
  request: PlanRequest = {},
): Promise<Plan> {
  const clusters = openClusters(config);
  const spent = await spentBudget({ dataset, studies, clusters }, study);
  const asked = { ...request, ...(spent !== null && { spent }) };
  return planFromRecord(
    { artifacts: new Artifacts(store), clusters, dataset, recipes: config.recipes },
    study,
    table,
    asked,
  );
}

/** What an hour of a job of the study takes; undefined for one that runs no jobs. */
export function ratesOf({ config }: CliContext, study: Study): Rates | undefined {
  return study.kind === 'trained' ? openClusters(config).get(study.cluster) : undefined;
}
