/** Plans the runs of a study, from its specification and the record. */
import type { Artifacts } from '../artifacts/artifacts';
import type { WeightFiles } from '../artifacts/weight-files';
import { SpecError } from '../base/errors';
import { fingerprint, sha256 } from '../base/fingerprint';
import type { Configuration } from '../books/studies';
import type { Dataset } from '../dataset/log';
import { studyId } from '../domain/ids';
import { RECIPE_STAGES } from '../domain/manifest';
import { planStudy, type Plan, type RecordedRun } from '../domain/plan';
import type { PlanRequest } from '../domain/request';
import type { StagePlace, StagePlaces } from '../domain/runs';
import type { TrainedStudy } from '../domain/schema';
import { clustersOf } from '../domain/stage-config';
import { studyFaults } from '../domain/study-faults';
import type { Clusters } from './clusters';
import type { Manifests } from './manifests';
import { whatIsMissing, type Recipes } from './recipe';

export interface PlanBooks {
  readonly artifacts: Artifacts;
  readonly clusters: Clusters;
  readonly dataset: Dataset;
  readonly recipes: Recipes;
  readonly manifests: Manifests;
}

/**
 * Plans without writing anything. Throws SpecError if the recipes cannot run the study, or are not
 * set up where they must be.
 */
export async function planFromRecord(
  books: PlanBooks,
  configuration: Configuration,
  request: PlanRequest = {},
): Promise<Plan> {
  const plan = await planAnywhere(books, configuration, request);
  const [missing] = notSetUp(books, plan);
  if (missing !== undefined) throw new SpecError(missing);
  return plan;
}

/** The same plan, to look at: what is not set up is among its warnings. */
export async function planToShow(
  books: PlanBooks,
  configuration: Configuration,
  request: PlanRequest = {},
): Promise<Plan> {
  const plan = await planAnywhere(books, configuration, request);
  return { ...plan, warnings: [...plan.warnings, ...notSetUp(books, plan)] };
}

/** Without jobs to run, recorded results can be fitted and reported on any machine. */
function notSetUp({ recipes, clusters }: PlanBooks, { jobs }: Plan): string[] {
  const found = jobs.map(({ recipe, cluster }) =>
    whatIsMissing(recipes, recipe, clusters.get(cluster)?.programs_here ?? 'all'),
  );
  return [...new Set(found)].filter((one) => one !== null);
}

async function planAnywhere(
  { artifacts, clusters, dataset, manifests }: PlanBooks,
  { study, table, registered }: Configuration,
  request: PlanRequest,
): Promise<Plan> {
  const weights = study.kind === 'trained' ? weightsOf(clusters, study) : [];
  const recorded = await recordedRuns({ dataset, artifacts, weights }, studyId(study));
  const tableDigest = table === null ? '' : sha256(table);
  const places = study.kind === 'trained' ? await placesOf(manifests, study) : null;
  const looked = { places, tableDigest, registered: new Map(Object.entries(registered)) };
  return planStudy(study, looked, recorded, fingerprint, request);
}

/**
 * The recipe and the cluster of each stage. Throws SpecError that lists everything that the recipes
 * do not know.
 */
export async function placesOf(manifests: Manifests, study: TrainedStudy): Promise<StagePlaces> {
  const places = await Promise.all(
    RECIPE_STAGES.map(async (stage): Promise<readonly [string, StagePlace]> => {
      const { recipe = study.recipe, cluster = study.cluster } = study.stages[stage] ?? {};
      return [stage, { recipe: { name: recipe, ...(await manifests.of(recipe)) }, cluster }];
    }),
  );
  const found = Object.fromEntries(places) as unknown as StagePlaces;
  refuseFaults(study, found);
  return found;
}

function refuseFaults(study: TrainedStudy, places: StagePlaces): void {
  const { pretrain, indicate, sft, evaluate } = places;
  const faults = studyFaults(study, {
    pretrain: pretrain.recipe,
    indicate: indicate.recipe,
    sft: sft.recipe,
    evaluate: evaluate.recipe,
  });
  if (faults.length)
    throw new SpecError(
      `The recipes cannot run study "${studyId(study)}":\n${faults.join('\n')}\nTo see what a recipe knows: npx foretune recipes ${study.recipe}`,
    );
}

interface Recorded {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  /** The clusters that the study uses. */
  readonly weights: readonly WeightFiles[];
}

async function recordedRuns(
  { dataset, artifacts, weights }: Recorded,
  study: string,
): Promise<Map<string, RecordedRun>> {
  const runs = await dataset.newest('runs', study);
  const checkpoints = await dataset.newest('checkpoints', study);
  const uris = [...checkpoints.values()].map(({ uri }) => uri);
  const missing = new Set([
    ...(await artifacts.missing(uris)),
    ...(await missingFiles(uris, weights)),
  ]);
  const records = [...runs.values()].map((row): [string, RecordedRun] => {
    const uri = checkpoints.get(row.run_id)?.uri;
    return [
      row.run_id,
      { ...row, checkpoint_exists: uri === undefined ? null : !missing.has(uri) },
    ];
  });
  return new Map(records);
}

function weightsOf(clusters: Clusters, study: TrainedStudy): WeightFiles[] {
  return clustersOf(study).flatMap((name) => clusters.get(name)?.cluster.weights ?? []);
}

/**
 * A file:// address is resolved on the clusters of the study: the file is missing if none of them
 * has it.
 */
async function missingFiles(
  uris: readonly string[],
  weights: readonly WeightFiles[],
): Promise<readonly string[]> {
  let missing = weights.length ? uris.filter((uri) => uri.startsWith('file://')) : [];
  for (const files of weights) missing = missing.length ? [...(await files.missing(missing))] : [];
  return missing;
}
