/**
 * Notes whether a study has a schedule, so that `status` rarely needs Temporal's client, which
 * takes half a second to load. A schedule is noted in the study's books when it is created. For a
 * study without a note, Temporal is asked once.
 */
import type { OnRecord } from './on-record';

type Books = Pick<OnRecord, 'studies' | 'store'>;

export async function mayBeScheduled({ studies, store }: Books, study: string): Promise<boolean> {
  if (await studies.isScheduled(study)) return true;
  return (await store.get(askedKey(study))) === undefined;
}

/** Notes Temporal's answer. If a schedule was created in the meantime, its note is kept. */
export async function noteAnswer(
  { studies, store }: Books,
  study: string,
  scheduled: boolean,
): Promise<void> {
  if (!scheduled) return store.put(askedKey(study), new TextEncoder().encode('{}'));
  if (!(await studies.isScheduled(study))) await studies.markScheduled(study, true);
}

const askedKey = (study: string) => `studies/${study}/schedule-asked.json`;
