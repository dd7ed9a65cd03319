/** The plan that a study would be run by now, its budget included. */
import { spentBudget } from '../study/budget';
import { planFromRecord } from '../../activities/plan';
import { Artifacts } from '../artifacts/artifacts';
import { openClusters, requireCluster } from '../study/clusters';
import { isOther, type SpecRecord } from '../books/studies';
import type { Plan } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { CliContext } from './context';
import type { LoadedStudy } from '../study/load-study';
import { correctedNote, movedNote, type PlannedOn } from './words/plan-text';
import type { Session } from './session';
import { unusedIn } from './unused';

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

/** Throws SpecError for a cluster that nobody configured: once on record, it would keep the study from being resumed. */
export function checkCluster({ config }: Pick<CliContext, 'config'>, study: Study): void {
  if (study.kind === 'trained')
    requireCluster(new Map(Object.entries(config.clusters)), study.cluster);
}

/** What stands on record of the study. Throws FingerprintMismatchError where that is another one, and cannot be corrected. */
export function checkStudy(
  context: CliContext,
  session: Session,
  { study, table }: LoadedStudy,
): Promise<SpecRecord | undefined> {
  return session.studies.check(study, table, unusedIn(context, session));
}

/** Where the study is not quite the one that stood on record. */
export function tellOfStanding(
  context: CliContext,
  standing: SpecRecord | undefined,
  loaded: LoadedStudy,
): void {
  if (!standing) return;
  if (isOther(standing, loaded)) context.stderr(correctedNote(loaded.study));
  const moved = movedNote(standing.study, loaded.study);
  if (moved) context.stderr(moved);
}

/** Where the study's jobs run, and what an hour of one takes; undefined for a study without jobs. */
export function clusterOf({ config }: CliContext, study: Study): PlannedOn | undefined {
  if (study.kind !== 'trained') return undefined;
  const rates = openClusters(config).get(study.cluster);
  return rates && { ...rates, name: study.cluster };
}
