/**
 * Why jobs cannot be submitted or watched: the last failure of each activity, which is retried
 * until it succeeds.
 */
import { variantWorkflowId, type VariantPart } from '../domain/ids';
import type { StudyProgress } from '../study/progress';
import type { Describe, Description } from './description';

type PendingActivity = NonNullable<Description['pendingActivities']>[number];

/** An activity that has run this long since its last failure has recovered. */
const FRESH_MS = 60_000;
/** The server's number for the state of an activity that waits for its retry. */
const SCHEDULED = 1;
/**
 * If a cluster cannot be reached, all variants fail alike; if it accepts only some jobs, the
 * variants that started last are waiting. So few variants are enough.
 */
const MOST_ASKED = 8;
const PARTS: readonly (VariantPart | undefined)[] = [undefined, 'measure', 'tune'];

export type Troubles = ReadonlyMap<string, string>;

/** Looks at the variants that are running and report no progress. */
export async function findTroubles(
  describe: Describe,
  study: string,
  { latest, current }: StudyProgress,
): Promise<Troubles> {
  const heard = new Set(current.map(({ run_id }) => latest.get(run_id)?.job));
  const silent = [...latest.values()].filter(
    ({ status, job }) => status === 'running' && !heard.has(job),
  );
  return troublesOf(
    describe,
    study,
    silent.map(({ variant_id }) => variant_id),
  );
}

/** By variant; only the first and the last few variants are checked. */
async function troublesOf(
  describe: Describe,
  study: string,
  variants: readonly string[],
): Promise<Troubles> {
  const all = [...new Set(variants)];
  const half = MOST_ASKED / 2;
  const asked = [...new Set([...all.slice(0, half), ...all.slice(-half)])];
  const found = await Promise.all(asked.map((variant) => troubleOf(describe, study, variant)));
  return new Map(asked.flatMap((id, i) => (found[i] ? [[id, found[i]] as const] : [])));
}

async function troubleOf(
  describe: Describe,
  study: string,
  variant: string,
): Promise<string | null> {
  for (const part of PARTS) {
    const described = await describe(variantWorkflowId(study, variant, part));
    for (const activity of described?.pendingActivities ?? [])
      if (isFailing(activity)) return oneLine(activity.lastFailure?.message ?? '');
  }
  return null;
}

/** The failure of a worker that stopped or died does not count: the next worker continues. */
function isFailing({ lastFailure, lastStartedTime, state }: PendingActivity): boolean {
  const isOurs = lastFailure?.applicationFailureInfo?.type?.endsWith('Error') ?? false;
  if (!isOurs || Number(state) === SCHEDULED) return isOurs;
  return Date.now() - Number(lastStartedTime?.seconds ?? 0) * 1000 < FRESH_MS;
}

/** Schedulers print messages of several lines, of which each begins like the last. */
function oneLine(words: string): string {
  return words.replace(/\s*\n\s*/g, ' | ');
}
