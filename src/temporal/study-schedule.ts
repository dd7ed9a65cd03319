/** A study's schedule in short, for `status`. */
import type { Client } from '@temporalio/client';
import { NotFoundError } from '../base/errors';
import { noteAnswer } from '../study/schedule-notes';
import { describeSchedule, type RecentRefit, type ScheduleStatus } from './schedules';
import { withClient, type Session } from './session';

export interface ScheduleSummary {
  readonly next: Date | null;
  readonly last: RecentRefit | null;
  /** Runs that were due, and came too late to be made up for. */
  readonly missed: number;
  /** Of the last ten runs. */
  readonly failed: number;
  readonly paused: boolean;
  readonly note: string | null;
}

/** Null for a study without a schedule, and where Temporal does not answer. */
export async function studySchedule(
  session: Session,
  study: string,
): Promise<ScheduleSummary | null> {
  try {
    const schedule = await withClient(session, (client) => found(client, study));
    // Whoever may only read is asked again each time.
    await noteAnswer(session, study, schedule !== null).catch(() => undefined);
    return schedule && summarizeSchedule(schedule);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    session.say(`Its schedule is not known: ${reason}`);
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
