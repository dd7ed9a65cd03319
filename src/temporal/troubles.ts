/**
 * Why jobs cannot be submitted or watched: the last failure of each activity, which is retried
 * until it succeeds.
 */
import { possibleWorkflows, type Trained } from '../domain/ids';
import { indexOf } from '../domain/plan-index';
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
export type Troubles = ReadonlyMap<string, string>;

/** Looks at the variants that are running and report no progress. */
export async function findTroubles(
  describe: Describe,
  study: string,
  { plan, latest, current }: StudyProgress,
): Promise<Troubles> {
  const heard = new Set(current.map(({ run_id }) => latest.get(run_id)?.job));
  const silent = [...latest.values()].filter(
    ({ status, job }) => status === 'running' && !heard.has(job),
  );
  const { runs } = indexOf(plan);
  return troublesOf(
    describe,
    study,
    silent.map(
      ({ run_id, variant_id }) => runs.get(run_id) ?? { variant_id, trained_as: variant_id },
    ),
  );
}

/** By variant; only the first and the last few variants are checked. */
async function troublesOf(
  describe: Describe,
  study: string,
  silent: readonly Trained[],
): Promise<Troubles> {
  const all = [...new Map(silent.map((run) => [run.variant_id, run])).values()];
  const half = MOST_ASKED / 2;
  const asked = [...new Set([...all.slice(0, half), ...all.slice(-half)])];
  const found = await Promise.all(asked.map((run) => troubleOf(describe, study, run)));
  return new Map(
    asked.flatMap(({ variant_id }, i) => (found[i] ? [[variant_id, found[i]] as const] : [])),
  );
}

async function troubleOf(describe: Describe, study: string, run: Trained): Promise<string | null> {
  for (const workflow of possibleWorkflows(study, run)) {
    const described = await describe(workflow);
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
