/** Makes plans of studies, and lists the variants and jobs to start. */
import type { Studies } from '../src/books/studies';
import { BASE_VARIANT, workflowVariant, type VariantPart } from '../src/domain/ids';
import type { Plan, PlannedJob } from '../src/domain/plan';
import { indexOf } from '../src/domain/plan-index';
import type { PlanRequest } from '../src/domain/request';
import { spentBudget } from '../src/study/budget';
import { clustersOf } from '../src/domain/stage-config';
import { requireCluster } from '../src/study/clusters';
import { planFromRecord, type PlanBooks } from '../src/study/plan-from-record';
import { recordVariants } from '../src/study/variants';

/** The part of a plan that the study's history holds. */
export interface PlanSummary {
  readonly key: string;
  /** Whether the plan begins with the import of a table. */
  readonly imports: boolean;
  readonly runs_base: boolean;
  readonly variants_to_run: number;
  /**
   * Set if variants are fine-tuned in rounds: then `variants_to_run` counts the variants to
   * measure.
   */
  readonly in_rounds?: true;
}

export type PlanDeps = PlanBooks & { readonly studies: Studies };

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createPlanActivities(deps: PlanDeps) {
  const { studies, dataset } = deps;
  return {
    /** Plans a study, stores the plan, and records the study's variants. */
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

    /** One page of the ids of variants whose workflows have jobs to run, without the base. */
    async listVariants(page: {
      readonly plan_key: string;
      readonly offset: number;
      readonly limit: number;
      readonly part?: VariantPart;
    }): Promise<string[]> {
      const ids = variantsToRun(await studies.plan(page.plan_key), page.part);
      return ids.slice(page.offset, page.offset + page.limit);
    },

    async listJobs(input: {
      readonly plan_key: string;
      readonly variant_id: string;
      readonly part?: VariantPart;
    }): Promise<PlannedJob[]> {
      const plan = await studies.plan(input.plan_key);
      const { jobsOf, jobsOfTraining } = indexOf(plan);
      // Variants of one training run are measured by one workflow, and each may be tuned by its
      // own.
      const jobs = (input.part === 'tune' ? jobsOf : jobsOfTraining).get(input.variant_id) ?? [];
      return jobs.filter((job) => isPart(job, input.part));
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

/** Fine-tuning and evaluation are the `tune` part, all other jobs the `measure` part. */
export function isPart({ stage }: PlannedJob, part: VariantPart | undefined): boolean {
  return !part || (part === 'tune') === (stage === 'sft' || stage === 'evaluate');
}

export function variantsToRun(plan: Plan, part?: VariantPart): string[] {
  const jobs = plan.jobs.filter((job) => isPart(job, part));
  const ids = new Set(jobs.map((job) => workflowVariant(job, part)));
  ids.delete(BASE_VARIANT);
  return [...ids];
}
