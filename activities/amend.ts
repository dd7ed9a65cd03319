/** Changes the plan of a running study: runs to try again, or variants that were added. */
import { amend } from '../src/study/amendment';
import { recordVariants } from '../src/study/variants';
import { summarise, variantsToRun, type PlanDeps, type PlanSummary } from './plan';

export interface Amended {
  readonly plan: PlanSummary;
  /** Variants to start again, which the pages that are still to be listed do not include. */
  readonly again: readonly string[];
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createAmendActivities(deps: PlanDeps) {
  const { studies, dataset } = deps;
  return {
    /**
     * `only`: runs to try again. By default, all runs of variants that the plan does not have.
     * `offset`: how many of the plan's variants were listed. Idempotent.
     */
    async amendPlan(input: {
      readonly study: string;
      readonly plan_key: string;
      readonly only?: readonly string[];
      readonly offset: number;
    }): Promise<Amended> {
      const spec = await studies.spec(input.study);
      const current = await studies.plan(input.plan_key);
      const { plan, variants } = await amend(deps, spec, current, input.only);
      const key = await studies.savePlan(plan);
      const latest = await studies.latest(input.study);
      if (latest) await studies.saveLatest(input.study, { ...latest, plan_key: key });
      await recordVariants(dataset, spec, new Date());
      const listed = variantsToRun(plan).slice(0, input.offset);
      return { plan: summarise(plan, key, false), again: listed.filter((id) => variants.has(id)) };
    },
  };
}
