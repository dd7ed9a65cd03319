/** The schedules of studies by name, in Temporal and as noted in the books. */
import { ScheduleOverlapPolicy, type ScheduleHandle } from '@temporalio/client';
import { noteAnswer } from '../study/schedule-notes';
import {
  createSchedule,
  describeSchedule,
  scheduledStudies,
  scheduleOf,
  type ScheduleSettings,
  type ScheduleStatus,
} from './schedules';
import { withClient, type Session, type WorkSession } from './session';

export async function scheduleStudy(
  { client, config, studies }: WorkSession,
  name: string,
  settings: ScheduleSettings,
): Promise<ScheduleStatus> {
  const study = await studies.resolve(name);
  await studies.markScheduled(study, true);
  await createSchedule(client, { study, taskQueue: config.temporal.taskQueue, settings });
  return describeSchedule(client, study);
}

export function listSchedules(session: Session): Promise<ScheduleStatus[]> {
  return withClient(session, async (client) => {
    const studies = await scheduledStudies(client);
    return Promise.all(studies.map((study) => describeSchedule(client, study)));
  });
}

/** Throws NotFoundError for a study without a schedule, as do all functions below. */
export async function scheduleNamed(session: Session, name: string): Promise<ScheduleStatus> {
  const study = await session.studies.resolve(name);
  const status = await withClient(session, (client) => describeSchedule(client, study));
  await noteAnswer(session, study, true);
  return status;
}

/** Returns the study's full name. */
export async function changeSchedule(
  session: Session,
  name: string,
  change: (handle: ScheduleHandle) => Promise<void>,
): Promise<string> {
  const study = await session.studies.resolve(name);
  await withClient(session, async (client) => change(await scheduleOf(client, study)));
  return study;
}

/** Starts the runs that were due between two times, one after the other. */
export function backfillSchedule(
  session: Session,
  name: string,
  between: { readonly start: Date; readonly end: Date },
): Promise<string> {
  const overlap = ScheduleOverlapPolicy.BUFFER_ALL;
  return changeSchedule(session, name, (handle) => handle.backfill({ ...between, overlap }));
}

/** Deletes the schedule; recorded fits are kept. */
export async function deleteSchedule(session: Session, name: string): Promise<string> {
  const study = await changeSchedule(session, name, (handle) => handle.delete());
  await session.studies.markScheduled(study, false);
  return study;
}
