/**
 * Which studies Temporal is asked about when `status` looks for their schedule: its client takes half a
 * second to load. Schedules are noted among the books of their study; one that is older than these notes
 * is found by asking once.
 */
import type { OnRecord } from './on-record';

type Books = Pick<OnRecord, 'studies' | 'store'>;

export async function mayBeScheduled({ studies, store }: Books, study: string): Promise<boolean> {
  if (await studies.isScheduled(study)) return true;
  return (await store.get(askedKey(study))) === undefined;
}

/** Notes what Temporal said. A schedule that was made meanwhile is noted too, and that note holds. */
export async function noteAnswer(
  { studies, store }: Books,
  study: string,
  scheduled: boolean,
): Promise<void> {
  if (!scheduled) return store.put(askedKey(study), new TextEncoder().encode('{}'));
  if (!(await studies.isScheduled(study))) await studies.markScheduled(study, true);
}

const askedKey = (study: string) => `studies/${study}/schedule-asked.json`;
