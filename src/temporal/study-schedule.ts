/** A study's schedule in the few words that `status` has for it. */
import { NotFoundError } from '../base/errors';
import { connectClient } from './client';
import { describeSchedule, type RecentRefit, type ScheduleStatus } from './schedules';
import type { CliContext } from '../cli/context';
import { noteAnswer } from '../study/schedule-notes';
import type { Session } from './session';

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
  context: CliContext,
  session: Session,
  study: string,
): Promise<ScheduleSummary | null> {
  try {
    const schedule = await askTemporal(context, session, study);
    // Whoever may only read is asked again each time.
    await noteAnswer(session, study, schedule !== null).catch(() => undefined);
    return schedule && summarizeSchedule(schedule);
  } catch (error) {
    context.stderr(`Its schedule is not known: ${said(error)}`);
    return null;
  }
}

async function askTemporal(
  { config }: CliContext,
  { endpoints }: Session,
  study: string,
): Promise<ScheduleStatus | null> {
  const client = await connectClient(config, endpoints);
  try {
    return await describeSchedule(client, study);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  } finally {
    await client.connection.close();
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function summarizeSchedule(schedule: ScheduleStatus): ScheduleSummary {
  const { next, recent, missed, paused, note } = schedule;
  const failed = recent.filter(({ outcome }) => outcome === 'failed').length;
  const summary = { next: paused ? null : (next[0] ?? null), last: recent.at(-1) ?? null };
  return { ...summary, missed, failed, paused, note };
}

/** One line; what needs somebody's attention stands in capitals. */
export function scheduleLine({
  next,
  last,
  missed,
  failed,
  paused,
  note,
}: ScheduleSummary): string {
  return [
    paused ? `schedule PAUSED${note ? ` (${note})` : ''}` : `next re-fit ${time(next)}`,
    ...(last ? [`last ${time(last.started)}: ${last.outcome}, ${last.reason}`] : []),
    ...(failed ? [`${failed} FAILED of the last ten`] : []),
    ...(missed ? [`${missed} MISSED`] : []),
  ].join('; ');
}

function time(at: Date | null): string {
  return at?.toISOString() ?? 'never';
}
