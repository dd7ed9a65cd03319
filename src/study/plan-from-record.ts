/** What a study has to run, from its specification and the record. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Artifacts } from '../artifacts/artifacts';
import { fingerprint, sha256 } from '../base/fingerprint';
import { studyId } from '../domain/ids';
import { planStudy, type Plan, type RecordedRun } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import type { Dataset } from '../dataset/log';
import type { ClusterEntry } from './clusters';
import { recipeFacts, requireSetUp, type RecipeConfig } from './recipe';

export interface PlanDeps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  readonly recipes: Readonly<Record<string, RecipeConfig>>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
}

/** Plans without writing anything. */
export async function planFromRecord(
  { artifacts, clusters, dataset, recipes }: PlanDeps,
  study: Study,
  table: string | null,
  request: PlanRequest = {},
): Promise<Plan> {
  const recorded = await recordedRuns(dataset, artifacts, studyId(study));
  const tableDigest = table === null ? '' : sha256(table);
  const facts = recipeFacts(recipes, study);
  const plan = planStudy(study, facts, recorded, fingerprint, { ...request, tableDigest });
  // Without jobs, what is recorded can be fitted and reported on any machine.
  if (study.kind === 'trained' && plan.jobs.length)
    requireSetUp(recipes, study.recipe, clusters.get(study.cluster) ?? {});
  return plan;
}

async function recordedRuns(
  dataset: Dataset,
  artifacts: Artifacts,
  study: string,
): Promise<Map<string, RecordedRun>> {
  const runs = await dataset.newest('runs', study);
  const checkpoints = await dataset.newest('checkpoints', study);
  const missing = await artifacts.missing([...checkpoints.values()].map(({ uri }) => uri));
  const exists = (uri: string) => (uri.startsWith('file://') ? isFile(uri) : !missing.has(uri));
  const records = [...runs.values()].map((row): [string, RecordedRun] => {
    const checkpoint = checkpoints.get(row.run_id);
    return [row.run_id, { ...row, checkpoint_exists: checkpoint ? exists(checkpoint.uri) : null }];
  });
  return new Map(records);
}

function isFile(uri: string): boolean {
  return existsSync(fileURLToPath(uri));
}
