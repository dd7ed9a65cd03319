/** What changes in the plan of a study that runs: runs to try again, variants that were added. */
import type { SpecRecord } from '../books/studies';
import { SpecError } from '../base/errors';
import { amendPlan } from '../domain/amend';
import { BASE_VARIANT, studyId } from '../domain/ids';
import type { Plan } from '../domain/plan';
import { planFromRecord, type PlanBooks } from './plan-from-record';

export interface Amendment {
  readonly plan: Plan;
  /** Variants that have jobs to run again, or for the first time. */
  readonly variants: ReadonlySet<string>;
}

/** `only`: runs to try again; absent: all runs of variants that the plan does not have. */
export async function amend(
  deps: PlanBooks,
  spec: SpecRecord,
  standing: Plan,
  only?: readonly string[],
): Promise<Amendment> {
  const asked = only ?? added(standing, await planFromRecord(deps, spec));
  const fresh = await planFromRecord(deps, spec, { only: asked });
  refuseBase(studyId(spec.study), fresh, standing);
  const variants = new Set(fresh.jobs.map(({ variant_id }) => variant_id));
  return { plan: amendPlan(standing, fresh), variants };
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
