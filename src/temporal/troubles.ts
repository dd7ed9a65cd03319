/** What keeps jobs from their cluster, in the words of what failed last: the study tries it again until it succeeds. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { variantWorkflowId, type VariantPart } from '../domain/ids';
import type { StudyProgress } from '../study/progress';

type PendingActivity = NonNullable<
  WorkflowExecutionDescription['raw']['pendingActivities']
>[number];

/** What has run for that long is over its last failure. */
const FRESH_MS = 60_000;
/** As the server numbers the states of an activity that waits to be tried again. */
const SCHEDULED = 1;
/** Where a cluster cannot be reached all variants say the same; where it takes some, those that began last wait. */
const MOST_ASKED = 8;
const PARTS: readonly (VariantPart | undefined)[] = [undefined, 'measure', 'tune'];

export type Troubles = ReadonlyMap<string, string>;

/** Of the variants that have begun and say nothing of how far they are. */
export async function findTroubles(
  client: Client,
  study: string,
  { latest, current }: StudyProgress,
): Promise<Troubles> {
  const heard = new Set(current.map(({ run_id }) => latest.get(run_id)?.job));
  const silent = [...latest.values()].filter(
    ({ status, job }) => status === 'running' && !heard.has(job),
  );
  return troublesOf(
    client,
    study,
    silent.map(({ variant_id }) => variant_id),
  );
}

/** By variant, of the first and the last few that are asked about. */
async function troublesOf(
  client: Client,
  study: string,
  variants: readonly string[],
): Promise<Troubles> {
  const all = [...new Set(variants)];
  const half = MOST_ASKED / 2;
  const asked = [...new Set([...all.slice(0, half), ...all.slice(-half)])];
  const found = await Promise.all(asked.map((variant) => troubleOf(client, study, variant)));
  return new Map(asked.flatMap((id, i) => (found[i] ? [[id, found[i]] as const] : [])));
}

async function troubleOf(client: Client, study: string, variant: string): Promise<string | null> {
  for (const part of PARTS) {
    const handle = client.workflow.getHandle(variantWorkflowId(study, variant, part));
    const described = await handle.describe().catch(() => null); // it has no such part
    for (const activity of described?.raw.pendingActivities ?? [])
      if (isFailing(activity)) return oneLine(activity.lastFailure?.message ?? '');
  }
  return null;
}

/** A worker that left, or died, is no trouble of the cluster's: the next one goes on. */
function isFailing({ lastFailure, lastStartedTime, state }: PendingActivity): boolean {
  const isOurs = lastFailure?.applicationFailureInfo?.type?.endsWith('Error') ?? false;
  if (!isOurs || Number(state) === SCHEDULED) return isOurs;
  return Date.now() - Number(lastStartedTime?.seconds ?? 0) * 1000 < FRESH_MS;
}

/** Schedulers say a thing in many lines, each of which opens as the last. */
function oneLine(words: string): string {
  return words.replace(/\s*\n\s*/g, ' | ');
}
