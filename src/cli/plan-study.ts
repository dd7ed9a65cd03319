/** The plan that a study would be run by now, its budget included. */
import { spentBudget } from '../study/budget';
import { clustersOf } from '../domain/stage-config';
import { cacheOf, requireCluster } from '../study/clusters';
import { planFromRecord } from '../study/plan-from-record';
import { Artifacts } from '../artifacts/artifacts';
import { openClusters } from '../study/clusters';
import { isOther, type Configuration, type SpecRecord } from '../books/studies';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { CliContext } from './context';
import type { LoadedStudy } from '../study/load-study';
import { lookUpCheckpoints } from '../study/registered';
import { manifestsOf } from '../study/manifests';
import { RemoteCheckpoints } from '../study/remote-checkpoints';
import { storeAt } from '../stack/open-store';
import { correctedNote, movedNote, type PlannedOn } from './words/plan-text';
import type { Session } from './session';
import { unusedIn } from './unused';

export async function planStudyNow(
  { config }: CliContext,
  { dataset, store, studies }: Session,
  configuration: Configuration,
  request: PlanRequest = {},
): Promise<Plan> {
  const clusters = openClusters(config);
  const spent = await spentBudget({ dataset, studies, clusters }, configuration.study);
  const asked = { ...request, ...(spent !== null && { spent }) };
  return planFromRecord(
    {
      artifacts: new Artifacts(store),
      clusters,
      dataset,
      recipes: config.recipes,
      manifests: manifestsOf(config),
    },
    configuration,
    asked,
  );
}

/** Throws SpecError for a cluster that nobody configured: once on record, it would keep the study from being resumed. */
export function checkCluster({ config }: Pick<CliContext, 'config'>, study: Study): void {
  if (study.kind !== 'trained') return;
  const clusters = new Map(Object.entries(config.clusters));
  for (const name of clustersOf(study)) requireCluster(clusters, name);
}

/** A study file with the checkpoints that it registers, looked up. */
export async function lookUp(
  { config }: Pick<CliContext, 'config'>,
  { endpoints }: Pick<Session, 'endpoints'>,
  { study, table, folder }: LoadedStudy,
): Promise<Configuration> {
  const remote = new RemoteCheckpoints((uri) => storeAt(endpoints, uri), cacheOf(config));
  const registered = await lookUpCheckpoints(study, folder, (uri) => remote.identity(uri));
  return { study, table, registered };
}

/** What stands on record of the study. Throws FingerprintMismatchError where that is another one, and cannot be corrected. */
export function checkStudy(
  context: CliContext,
  session: Session,
  configuration: Configuration,
): Promise<SpecRecord | undefined> {
  return session.studies.check(configuration, unusedIn(context, session));
}

/** Where the study is not quite the one that stood on record. */
export function tellOfStanding(
  context: CliContext,
  standing: SpecRecord | undefined,
  wanted: Configuration,
): void {
  if (!standing) return;
  if (isOther(standing, wanted)) context.stderr(correctedNote(wanted.study));
  const moved = movedNote(standing.study, wanted.study);
  if (moved) context.stderr(moved);
}

/** Where the study's jobs run, and what an hour of one takes; undefined for a study without jobs. */
export function clusterOf({ config }: CliContext, study: Study): PlannedOn | undefined {
  if (study.kind !== 'trained') return undefined;
  const rates = openClusters(config).get(study.cluster);
  return rates && { ...rates, name: study.cluster };
}
