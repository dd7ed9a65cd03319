/** Registers a study, once its plan has succeeded. */
import type { Configuration, IsUnused, SpecRecord } from '../books/studies';
import type { Config } from '../config';
import type { Plan } from '../domain/plan';
import type { OnRecord } from './on-record';
import { planStudyNow } from './plan-study';

export interface Registered {
  readonly plan: Plan;
  /** The study as it was on record before. */
  readonly recorded: SpecRecord | undefined;
}

/**
 * Throws FingerprintMismatchError if another configuration is on record under its name and cannot
 * be corrected.
 */
export async function registerStudy(
  config: Config,
  record: OnRecord,
  wanted: Configuration,
  isUnused: IsUnused,
): Promise<Registered> {
  const recorded = await record.studies.check(wanted, isUnused);
  // A study that cannot be planned must not be recorded.
  const plan = await planStudyNow(config, record, wanted);
  await record.studies.register(wanted, isUnused);
  return { plan, recorded };
}
