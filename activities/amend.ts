/** Changes the plan of a study that runs: runs to try again, variants that were added. */
import { amend } from '../src/study/amendment';
import { recordVariants } from '../src/study/variants';
import { summarise, variantsToRun, type PlanDeps, type PlanSummary } from './plan';

export interface Amended {
  readonly plan: PlanSummary;
  /** Variants to start again: the pages listed so far do not have them any more. */
  readonly again: readonly string[];
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createAmendActivities(deps: PlanDeps) {
  const { studies, dataset } = deps;
  return {
    /**
     * `only`: runs to try again; absent: all runs of variants that the plan does not have. `offset`:
     * how many of the plan's variants were listed. Asked again, it answers the same.
     */
    async amendPlan(of: {
      readonly study: string;
      readonly plan_key: string;
      readonly only?: readonly string[];
      readonly offset: number;
    }): Promise<Amended> {
      const spec = await studies.spec(of.study);
      const standing = await studies.plan(of.plan_key);
      const { plan, variants } = await amend(deps, spec, standing, of.only);
      const key = await studies.savePlan(plan);
      const latest = await studies.latest(of.study);
      if (latest) await studies.saveLatest(of.study, { ...latest, plan_key: key });
      await recordVariants(dataset, spec, new Date());
      const listed = variantsToRun(plan).slice(0, of.offset);
      return { plan: summarise(plan, key, false), again: listed.filter((id) => variants.has(id)) };
    },
  };
}
