/**
 * Schedules of re-fits, one per study. Temporal keeps them, so they do not depend on our processes.
 */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleExecutionResult,
  type ScheduleHandle,
} from '@temporalio/client';
import { z } from 'zod';
import type { RefitResult } from '../../workflows/refit';
import { failureReason } from './client';
import { refitId } from '../domain/ids';
import { NotFoundError, SpecError, StackError } from '../base/errors';
import { pause } from '../base/processes';

const SettingsSchema = z.object({
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron: z.string(),
  /** A name such as `Europe/Berlin`. */
  timezone: z.string(),
  /**
   * Such as `30s`, `10m`, `12h` or `2d`: each start is delayed by a random time up to this, so that
   * many schedules do not start at once.
   */
  jitter: z.string(),
  /** A missed run is made up for within this time after it was due. */
  catch_up: z.string(),
});
export type ScheduleSettings = Readonly<z.infer<typeof SettingsSchema>>;

export interface ScheduleStatus {
  readonly study: string;
  /** Null for a schedule that was not made by foretune, whose settings are not known. */
  readonly spec: ScheduleSettings | null;
  readonly paused: boolean;
  /** Why the schedule is paused, and who paused it. */
  readonly note: string | null;
  readonly next: readonly Date[];
  /** The newest is last. */
  readonly recent: readonly RecentRefit[];
  /** Runs that could not start when they were due, nor within the catch-up time. */
  readonly missed: number;
  /** Runs that were due while the run before was still running. */
  readonly skipped: number;
}

export interface RecentRefit {
  readonly started: Date;
  /** `unknown`: Temporal no longer has its result. */
  readonly outcome: RefitResult['outcome'] | 'failed' | 'running' | 'unknown';
  readonly reason: string;
}

const NEXT_SHOWN = 3;
const POLL_MS = 300;
const STARTED_WITHIN_MS = 60_000;

/**
 * Throws SpecError if the study has a schedule, or if Temporal refuses the cron or the time zone.
 */
export async function createSchedule(
  client: Client,
  schedule: {
    readonly study: string;
    readonly taskQueue: string;
    readonly settings: ScheduleSettings;
  },
): Promise<void> {
  const { study, taskQueue, settings } = schedule;
  const { cron, timezone, jitter, catch_up } = settings;
  const create = client.schedule.create({
    scheduleId: refitId(study),
    spec: { cronExpressions: [cron], timezone, jitter: milliseconds(jitter) },
    action: {
      type: 'startWorkflow',
      workflowType: 'refitWorkflow',
      workflowId: refitId(study),
      taskQueue,
      args: [{ study }],
      searchAttributes: { ForetuneStudy: [study], ForetuneStatus: ['running'] },
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: milliseconds(catch_up),
      pauseOnFailure: true,
    },
    // Temporal keeps the meaning of a cron, not its text.
    memo: { ...settings },
    searchAttributes: { ForetuneStudy: [study] },
  });
  await create.catch((error: unknown) => explainRefusal(study, error));
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Throws SpecError if the text is not a time. */
export function milliseconds(text: string): number {
  const [, count, unit = ''] = /^(\d+) ?([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? NaN);
  throw new SpecError(`"${text}" is not a time such as 30s, 10m, 12h or 2d.`);
}

function explainRefusal(study: string, error: unknown): never {
  if (error instanceof ScheduleAlreadyRunning)
    throw new SpecError(
      `Study "${study}" already has a schedule. Show it: npx foretune schedule describe ${study}. To replace it, delete it first: npx foretune schedule delete ${study}`,
      { cause: error },
    );
  const reason = error instanceof ServiceError && error.cause ? error.cause : error;
  const message = reason instanceof Error ? reason.message : String(reason);
  throw new SpecError(
    `Temporal refused the schedule of "${study}": ${message}. A cron has five fields, such as '0 3 * * *'; a time zone is a name, such as Europe/Berlin.`,
    { cause: error },
  );
}

/** The schedule of a study. Throws NotFoundError for a study without one. */
export async function describeSchedule(client: Client, study: string): Promise<ScheduleStatus> {
  const { memo, state, info } = await describe(client.schedule.getHandle(refitId(study)), study);
  return {
    study,
    spec: SettingsSchema.safeParse(memo).data ?? null,
    paused: state.paused,
    note: state.note ? state.note : null, // Temporal's note is empty before the first pause
    next: info.nextActionTimes.slice(0, NEXT_SHOWN),
    recent: await Promise.all(info.recentActions.map((action) => recentRefit(client, action))),
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

async function describe(handle: ScheduleHandle, study: string): Promise<ScheduleDescription> {
  return handle.describe().catch((error: unknown) => {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new NotFoundError(
      `Study "${study}" has no schedule. Create one: npx foretune schedule create ${study} --cron '0 3 * * *'`,
    );
  });
}

async function recentRefit(
  client: Client,
  { takenAt, action }: ScheduleExecutionResult,
): Promise<RecentRefit> {
  const { workflowId, firstExecutionRunId } = action.workflow;
  const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
  try {
    const { status } = await handle.describe();
    if (status.name === 'RUNNING')
      return { started: takenAt, outcome: 'running', reason: 'it has not ended yet' };
    return { started: takenAt, ...(await endOf(client, action.workflow)) };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return {
      started: takenAt,
      outcome: 'unknown',
      reason: 'Temporal no longer has its result',
    };
  }
}

type Started = ScheduleExecutionResult['action']['workflow'];

/** Waits for the end of a re-fit. */
async function endOf(
  client: Client,
  { workflowId, firstExecutionRunId }: Started,
): Promise<Pick<RecentRefit, 'outcome' | 'reason'>> {
  const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
  try {
    const { outcome, reason } = (await handle.result()) as RefitResult;
    return { outcome, reason };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { outcome: 'failed', reason: failureReason(error) };
  }
}

/** The studies that have a schedule. */
export async function scheduledStudies(client: Client): Promise<string[]> {
  const prefix = refitId('');
  const studies: string[] = [];
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(prefix)) studies.push(scheduleId.slice(prefix.length));
  return studies.sort();
}

/** The handle of an existing schedule, for changes. Throws NotFoundError. */
export async function scheduleOf(client: Client, study: string): Promise<ScheduleHandle> {
  const handle = client.schedule.getHandle(refitId(study));
  await describe(handle, study);
  return handle;
}

/** Starts a re-fit now, unless one is running, and returns a way to wait for it. */
export async function triggerSchedule(client: Client, study: string): Promise<TriggeredRefit> {
  const handle = client.schedule.getHandle(refitId(study));
  const { info } = await describe(handle, study);
  const [running] = info.runningActions;
  if (running) return { already: true, end: () => endOf(client, running.workflow) };
  const known = new Set(info.recentActions.map(runOf));
  // Overrides the schedule's own overlap policy, which `triggerImmediately` at its creation would
  // ignore.
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return { already: false, end: async () => endOf(client, await startedSince(handle, known)) };
}

export interface TriggeredRefit {
  /** A re-fit was already running, so no other was started. */
  readonly already: boolean;
  /** Resolves when the re-fit has ended. */
  readonly end: () => Promise<Pick<RecentRefit, 'outcome' | 'reason'>>;
}

function runOf({ action }: ScheduleExecutionResult): string {
  return action.workflow.firstExecutionRunId;
}

async function startedSince(handle: ScheduleHandle, known: ReadonlySet<string>): Promise<Started> {
  for (const end = Date.now() + STARTED_WITHIN_MS; Date.now() < end; await pause(POLL_MS)) {
    const { info } = await handle.describe();
    const started = info.recentActions.find((action) => !known.has(runOf(action)));
    if (started) return started.action.workflow;
  }
  throw new StackError(
    `The schedule started no re-fit within ${STARTED_WITHIN_MS / 1000} s. Run: npx foretune doctor`,
  );
}
