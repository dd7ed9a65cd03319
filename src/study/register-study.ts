/** Takes a study up in the books, once it is known that it can be planned. */
import type { Configuration, IsUnused, SpecRecord } from '../books/studies';
import type { Config } from '../config';
import type { Plan } from '../domain/plan';
import type { OnRecord } from './on-record';
import { planStudyNow } from './plan-study';

export interface Registered {
  readonly plan: Plan;
  /** What was on record before. */
  readonly standing: SpecRecord | undefined;
}

/** Throws FingerprintMismatchError where another study is on record under its name, and cannot be corrected. */
export async function registerStudy(
  config: Config,
  record: OnRecord,
  wanted: Configuration,
  isUnused: IsUnused,
): Promise<Registered> {
  const standing = await record.studies.check(wanted, isUnused);
  // What cannot be planned leaves nothing on record.
  const plan = await planStudyNow(config, record, wanted);
  await record.studies.register(wanted, isUnused);
  return { plan, standing };
}
