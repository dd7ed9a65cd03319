/** Plans of studies, and what is to be started of them. */
import type { Studies } from '../src/books/studies';
import { BASE_VARIANT, type VariantPart } from '../src/domain/ids';
import type { Plan, PlannedJob } from '../src/domain/plan';
import { indexOf } from '../src/domain/plan-index';
import type { PlanRequest } from '../src/domain/request';
import { spentBudget } from '../src/study/budget';
import { clustersOf } from '../src/domain/stage-config';
import { requireCluster } from '../src/study/clusters';
import { planFromRecord, type PlanBooks } from '../src/study/plan-from-record';
import { recordVariants } from '../src/study/variants';

/** What a study's history knows of its plan. */
export interface PlanSummary {
  readonly key: string;
  /** Whether it begins with the import of a table. */
  readonly imports: boolean;
  readonly runs_base: boolean;
  readonly variants_to_run: number;
  /** Set where variants are fine-tuned in rounds: `variants_to_run` counts those to measure. */
  readonly in_rounds?: true;
}

export type PlanDeps = PlanBooks & { readonly studies: Studies };

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createPlanActivities(deps: PlanDeps) {
  const { studies, dataset } = deps;
  return {
    /** Plans a study, keeps the plan, and records its variants. */
    async makePlan({
      study,
      ...request
    }: PlanRequest & { readonly study: string }): Promise<PlanSummary> {
      const spec = await studies.spec(study);
      if (spec.study.kind === 'trained')
        for (const name of clustersOf(spec.study)) requireCluster(deps.clusters, name);
      const spent = await spentBudget(deps, spec.study);
      const asked = { ...request, ...(spent !== null && { spent }) };
      const plan = await planFromRecord(deps, spec, asked);
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
    imports: plan.runs.some(({ stage }) => stage === 'import'),
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
