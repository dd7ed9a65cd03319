/** Plans: what a study has to run, from its specification and the record. */
import type { Artifacts } from '../src/artifacts/artifacts';
import type { WeightFiles } from '../src/artifacts/weight-files';
import { fingerprint, sha256 } from '../src/base/fingerprint';
import { BASE_VARIANT, studyId, type VariantPart } from '../src/domain/ids';
import { planStudy, type Plan, type PlannedJob, type RecordedRun } from '../src/domain/plan';
import { indexOf } from '../src/domain/plan-index';
import type { PlanRequest } from '../src/domain/request';
import type { Study, TrainedStudy } from '../src/domain/schema';
import type { Dataset } from '../src/dataset/log';
import type { SpecRecord, Studies } from '../src/books/studies';
import type { Row } from '../src/dataset/tables';

import { spentBudget } from '../src/study/budget';
import { requireCluster, type Clusters } from '../src/study/clusters';
import { recipeFacts, requireSetUp, type RecipeConfig } from '../src/study/recipe';

/** What a study's history knows of its plan. */
export interface PlanSummary {
  readonly key: string;
  readonly kind: Study['kind'];
  readonly runs_base: boolean;
  readonly variants_to_run: number;
  /** Set where variants are fine-tuned in rounds: `variants_to_run` counts those to measure. */
  readonly in_rounds?: true;
}

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly artifacts: Artifacts;
  readonly recipes: Readonly<Record<string, RecipeConfig>>;
  readonly clusters: Clusters;
}

export type PlanDeps = Pick<Deps, 'artifacts' | 'clusters' | 'dataset' | 'recipes' | 'studies'>;
type Books = Pick<Deps, 'artifacts' | 'clusters' | 'dataset' | 'recipes'>;

/** Plans without writing anything. */
export async function planFromRecord(
  { artifacts, clusters, dataset, recipes }: Books,
  study: Study,
  table: string | null,
  request: PlanRequest = {},
): Promise<Plan> {
  const weights =
    study.kind === 'trained' ? clusters.get(study.cluster)?.cluster.weights : undefined;
  const recorded = await recordedRuns({ dataset, artifacts, weights }, studyId(study));
  const tableDigest = table === null ? '' : sha256(table);
  const facts = recipeFacts(recipes, study);
  const plan = planStudy(study, facts, recorded, fingerprint, { ...request, tableDigest });
  // Without jobs, what is recorded can be fitted and reported on any machine.
  if (study.kind === 'trained' && plan.jobs.length)
    requireSetUp(recipes, study.recipe, clusters.get(study.cluster)?.programs_here ?? 'all');
  return plan;
}

async function recordedRuns(
  { dataset, artifacts, weights }: Pick<Deps, 'dataset' | 'artifacts'> & { weights?: WeightFiles },
  study: string,
): Promise<Map<string, RecordedRun>> {
  const runs = await dataset.newest('runs', study);
  const checkpoints = await dataset.newest('checkpoints', study);
  const missing = await missingWeights([...checkpoints.values()], artifacts, weights);
  const records = [...runs.values()].map((row): [string, RecordedRun] => {
    const checkpoint = checkpoints.get(row.run_id);
    return [
      row.run_id,
      { ...row, checkpoint_exists: checkpoint ? !missing.has(checkpoint.uri) : null },
    ];
  });
  return new Map(records);
}

/** A file:// address means what it means on the cluster where the study's next jobs run. */
async function missingWeights(
  checkpoints: readonly Pick<Row<'checkpoints'>, 'uri'>[],
  artifacts: Artifacts,
  weights: WeightFiles | undefined,
): Promise<ReadonlySet<string>> {
  const uris = checkpoints.map(({ uri }) => uri);
  const local = uris.filter((uri) => uri.startsWith('file://'));
  const lost = weights && local.length ? await weights.missing(local) : [];
  return new Set([...(await artifacts.missing(uris)), ...lost]);
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createPlanActivities(deps: Deps) {
  const { studies, dataset } = deps;
  return {
    /** Plans a study, keeps the plan, and records its variants. */
    async makePlan({
      study,
      ...request
    }: PlanRequest & { readonly study: string }): Promise<PlanSummary> {
      const spec = await studies.spec(study);
      if (spec.study.kind === 'trained') requireCluster(deps.clusters, spec.study.cluster);
      const spent = await spentBudget(deps, spec.study);
      const asked = { ...request, ...(spent !== null && { spent }) };
      const plan = await planFromRecord(deps, spec.study, spec.table, asked);
      const key = await studies.savePlan(plan);
      await studies.saveLatest(study, {
        plan_key: key,
        started_at: new Date().toISOString(),
        ended_at: null,
        status: 'running',
      });
      await recordVariants(dataset, spec, new Date());
      const in_rounds = spec.study.kind === 'trained' && spec.study.fine_tune !== undefined;
      return summarise(plan, key, in_rounds);
    },

    /** Ids of the variants that have jobs to run, a page at a time, the base not among them. */
    async listVariants(page: {
      readonly plan_key: string;
      readonly offset: number;
      readonly limit: number;
      readonly part?: VariantPart;
    }): Promise<string[]> {
      const ids = variantsToRun(await studies.plan(page.plan_key), page.part);
      return ids.slice(page.offset, page.offset + page.limit);
    },

    async listJobs(of: {
      readonly plan_key: string;
      readonly variant_id: string;
      readonly part?: VariantPart;
    }): Promise<PlannedJob[]> {
      const plan = await studies.plan(of.plan_key);
      const jobs = indexOf(plan).jobsOf.get(of.variant_id) ?? [];
      return jobs.filter((job) => isPart(job, of.part));
    },
  };
}

export function summarise(plan: Plan, key: string, in_rounds: boolean): PlanSummary {
  return {
    key,
    kind: plan.kind,
    runs_base: plan.jobs.some((job) => job.variant_id === BASE_VARIANT),
    variants_to_run: variantsToRun(plan, in_rounds ? 'measure' : undefined).length,
    ...(in_rounds ? { in_rounds } : {}),
  };
}

/** The tuning job is the one whose runs belong to tasks. */
export function isPart({ stage }: PlannedJob, part: VariantPart | undefined): boolean {
  return !part || (part === 'tune') === (stage === 'sft' || stage === 'evaluate');
}

export function variantsToRun(plan: Plan, part?: VariantPart): string[] {
  const jobs = plan.jobs.filter((job) => isPart(job, part));
  const ids = new Set(jobs.map((job) => job.variant_id));
  ids.delete(BASE_VARIANT);
  return [...ids];
}

/** The variants of a trained study; an imported study's come with its table. */
export async function recordVariants(dataset: Dataset, spec: SpecRecord, now: Date): Promise<void> {
  if (spec.study.kind !== 'trained') return;
  const rows = variantRows(spec.study, now);
  const key = await variantsKey(dataset, spec, rows);
  await dataset.commit({ key, rows: { variants: rows } });
}

/** Rows of a study that was corrected, and corrected back, are on record, but not as the newest. */
async function variantsKey(
  dataset: Dataset,
  { study, fingerprint: of, registered_at }: SpecRecord,
  rows: readonly Row<'variants'>[],
): Promise<string> {
  const key = `variants:${studyId(study)}/${of.slice(0, 12)}`;
  if (!(await dataset.hasKey(key))) return key;
  const newest = await dataset.newest('variants', studyId(study));
  const stand = rows.every((row) => newest.get(row.run_id)?.fingerprint === row.fingerprint);
  return stand ? key : `${key}/${registered_at}`;
}

function variantRows(study: TrainedStudy, recorded_at: Date): Row<'variants'>[] {
  const { base } = study;
  const row = (
    variant_id: string,
    config: { mixture: string; lr: number; train_tokens: number },
    objective: string,
  ) => ({
    study: studyId(study),
    variant_id,
    run_id: `${variant_id}/pretrain`,
    attempt: 1,
    recorded_at,
    objective,
    mixture: config.mixture,
    lr: config.lr,
    train_tokens: config.train_tokens,
    config_json: JSON.stringify({
      ...config,
      weights: study.mixtures[config.mixture],
      model: modelOf(study),
    }),
    fingerprint: fingerprint({
      config,
      weights: study.mixtures[config.mixture],
      model: modelOf(study),
    }),
  });
  const variants = study.variants.map((variant) => row(variant.id, variant, variant.objective));
  return base ? [row(BASE_VARIANT, base, base.objectives.join('+')), ...variants] : variants;
}

function modelOf({ model, hugging_face }: TrainedStudy): Record<string, unknown> {
  if (!hugging_face) return model;
  const { checkpoint, revision } = hugging_face;
  return { checkpoint, revision };
}
