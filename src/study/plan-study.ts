/** The plan by which a study would run now, including its budget. */
import path from 'node:path';
import { Artifacts } from '../artifacts/artifacts';
import { inheritedFrom } from '../base/environment';
import type { Configuration } from '../books/studies';
import type { Config } from '../config';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import { clustersOf } from '../domain/stage-config';
import type { Rates } from '../domain/spending';
import { spentBudget } from './budget';
import { openClusters, requireCluster } from './clusters';
import { checkPlan } from './checks';
import { manifestsOf } from './manifests';
import type { OnRecord } from './on-record';
import { planFromRecord } from './plan-from-record';

/** `planned`: `planToShow` for a plan that is only shown, on whatever machine. */
export async function planStudyNow(
  config: Config,
  { dataset, store, studies }: OnRecord,
  configuration: Configuration,
  request: PlanRequest = {},
  planned: typeof planFromRecord = planFromRecord,
): Promise<Plan> {
  const clusters = openClusters(config);
  const spent = await spentBudget({ dataset, studies, clusters }, configuration.study);
  const asked = { ...request, ...(spent !== null && { spent }) };
  const books = {
    artifacts: new Artifacts(store),
    ...{ clusters, dataset },
    recipes: config.recipes,
    manifests: manifestsOf(config),
  };
  const plan = await planned(books, configuration, asked);
  await checkPlan(plan, configuration.study, books, {
    folder: path.join(config.stateDir, 'checks'),
    environment: inheritedFrom(config.environment),
  });
  return plan;
}

/**
 * Throws SpecError if a cluster is not configured: once on record, it would keep the study from
 * being resumed.
 */
export function checkCluster({ clusters }: Pick<Config, 'clusters'>, study: Study): void {
  if (study.kind !== 'trained') return;
  const known = new Map(Object.entries(clusters));
  for (const name of clustersOf(study)) requireCluster(known, name);
}

/** The cluster that runs a plan's jobs, and its cost per hour of a job. */
export interface PlannedOn extends Rates {
  readonly name: string;
}

/** Undefined if the study has no jobs. */
export function clusterOf(config: Config, study: Study): PlannedOn | undefined {
  if (study.kind !== 'trained') return undefined;
  const rates = openClusters(config).get(study.cluster);
  return rates && { ...rates, name: study.cluster };
}
