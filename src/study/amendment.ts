/** Changes to the plan of a running study: runs to try again, or variants that were added. */
import type { SpecRecord } from '../books/studies';
import { SpecError } from '../base/errors';
import { amendPlan } from '../domain/amend';
import { BASE_VARIANT, studyId } from '../domain/ids';
import type { Plan } from '../domain/plan';
import { planFromRecord, type PlanBooks } from './plan-from-record';

export interface Amendment {
  readonly plan: Plan;
  /** Training runs with jobs to run, by the variant at their end. */
  readonly variants: ReadonlySet<string>;
}

/** `only`: runs to try again. By default, all runs of variants that the plan does not have. */
export async function amend(
  deps: PlanBooks,
  spec: SpecRecord,
  current: Plan,
  only?: readonly string[],
): Promise<Amendment> {
  const asked = only ?? added(current, await planFromRecord(deps, spec));
  const fresh = await planFromRecord(deps, spec, { only: asked });
  refuseBase(studyId(spec.study), fresh, current);
  const variants = new Set(fresh.jobs.map(({ trained_as }) => trained_as));
  return { plan: amendPlan(current, fresh), variants };
}

function added(current: Plan, whole: Plan): string[] {
  const known = new Set(current.runs.map(({ run_id }) => run_id));
  return whole.runs.map(({ run_id }) => run_id).filter((id) => !known.has(id));
}

/** Every variant depends on the base: once the base has failed, the study can only end. */
function refuseBase(study: string, fresh: Plan, current: Plan): void {
  const base = fresh.jobs.find(({ variant_id }) => variant_id === BASE_VARIANT);
  if (!base || current.jobs.some((job) => job.name === base.name && job.attempt === base.attempt))
    return;
  throw new SpecError(
    `The shared base of study "${study}" has failed, and the requested runs depend on it. Wait until the study has ended, then: npx foretune resume ${study}`,
  );
}
