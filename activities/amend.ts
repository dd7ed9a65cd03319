/** Changes the plan of a study that runs: runs to try again, variants that were added. */
import { SpecError } from '../src/base/errors';
import { amendPlan } from '../src/domain/amend';
import { BASE_VARIANT } from '../src/domain/ids';
import type { Plan } from '../src/domain/plan';
import { planFromRecord } from '../src/study/plan-from-record';
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
      const whole = await planFromRecord(deps, spec);
      const only = of.only ?? added(standing, whole);
      const fresh = await planFromRecord(deps, spec, { only });
      refuseBase(of.study, fresh, standing);
      const plan = amendPlan(standing, fresh);
      const key = await studies.savePlan(plan);
      const latest = await studies.latest(of.study);
      if (latest) await studies.saveLatest(of.study, { ...latest, plan_key: key });
      await recordVariants(dataset, spec, new Date());
      const asked = new Set(fresh.jobs.map(({ variant_id }) => variant_id));
      const listed = variantsToRun(plan).slice(0, of.offset);
      return { plan: summarise(plan, key, false), again: listed.filter((id) => asked.has(id)) };
    },
  };
}

function added(standing: Plan, whole: Plan): string[] {
  const known = new Set(standing.runs.map(({ run_id }) => run_id));
  return whole.runs.map(({ run_id }) => run_id).filter((id) => !known.has(id));
}

/** Every variant waits for the base: once it has failed, the study can only end. */
function refuseBase(study: string, fresh: Plan, standing: Plan): void {
  const base = fresh.jobs.find(({ variant_id }) => variant_id === BASE_VARIANT);
  if (!base || standing.jobs.some((job) => job.name === base.name && job.attempt === base.attempt))
    return;
  throw new SpecError(
    `The shared base of study "${study}" has failed, and what was asked for needs it. Let the study end, then: npx foretune resume ${study}`,
  );
}
