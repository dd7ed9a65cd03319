/** A summary of a study's schedule, for `status`. */
import type { Client } from '@temporalio/client';
import { NotFoundError } from '../base/errors';
import { noteAnswer } from '../study/schedule-notes';
import { describeSchedule, type RecentRefit, type ScheduleStatus } from './schedules';
import { withClient, type Session } from './session';

export interface ScheduleSummary {
  readonly next: Date | null;
  readonly last: RecentRefit | null;
  /** Runs that could not start when they were due, nor within the catch-up time. */
  readonly missed: number;
  /** Failed runs among the last ten. */
  readonly failed: number;
  readonly paused: boolean;
  readonly note: string | null;
}

/** Null if the study has no schedule, or if Temporal does not answer. */
export async function studySchedule(
  session: Session,
  study: string,
): Promise<ScheduleSummary | null> {
  try {
    const schedule = await withClient(session, (client) => found(client, study));
    // With read-only credentials the note cannot be written, so Temporal is asked each time.
    await noteAnswer(session, study, schedule !== null).catch(() => undefined);
    return schedule && summarizeSchedule(schedule);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    session.say(`The schedule of the study is unknown: ${reason}`);
    return null;
  }
}

async function found(client: Client, study: string): Promise<ScheduleStatus | null> {
  try {
    return await describeSchedule(client, study);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

export function summarizeSchedule(schedule: ScheduleStatus): ScheduleSummary {
  const { next, recent, missed, paused, note } = schedule;
  const failed = recent.filter(({ outcome }) => outcome === 'failed').length;
  const summary = { next: paused ? null : (next[0] ?? null), last: recent.at(-1) ?? null };
  return { ...summary, missed, failed, paused, note };
}
