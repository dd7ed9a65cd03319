/** Schedules of re-fits, one a study, kept by Temporal: they outlive every process of ours. */
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
  /** `30s`, `10m`, `12h`, `2d`: a run starts up to so much later than the cron says, so that many do not start at once. */
  jitter: z.string(),
  /** A run that was due while nothing ran is made up for within this time. */
  catch_up: z.string(),
});
export type ScheduleSettings = Readonly<z.infer<typeof SettingsSchema>>;

export interface ScheduleStatus {
  readonly study: string;
  /** Null for a schedule that was made by other means, which says nothing of them. */
  readonly spec: ScheduleSettings | null;
  readonly paused: boolean;
  /** Why it is paused, and who says so. */
  readonly note: string | null;
  readonly next: readonly Date[];
  /** The newest last. */
  readonly recent: readonly RecentRefit[];
  /** Runs that were due, and came too late to be made up for. */
  readonly missed: number;
  /** Runs that were due while the one before was still running. */
  readonly skipped: number;
}

export interface RecentRefit {
  readonly started: Date;
  /** `unknown`: Temporal has forgotten how it ended. */
  readonly outcome: RefitResult['outcome'] | 'failed' | 'running' | 'unknown';
  readonly reason: string;
}

const NEXT_SHOWN = 3;
const POLL_MS = 300;
const STARTED_WITHIN_MS = 60_000;

/** Throws SpecError when there is one, and for a cron or timezone that Temporal does not take. */
export async function createSchedule(
  client: Client,
  of: { readonly study: string; readonly taskQueue: string; readonly settings: ScheduleSettings },
): Promise<void> {
  const { study, taskQueue, settings } = of;
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
    // Temporal keeps what a cron means, not the cron.
    memo: { ...settings },
    searchAttributes: { ForetuneStudy: [study] },
  });
  await create.catch((error: unknown) => explainRefusal(study, error));
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Throws SpecError for what is no time. */
export function milliseconds(text: string): number {
  const [, count, unit = ''] = /^(\d+) ?([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? NaN);
  throw new SpecError(`"${text}" is not a time such as 30s, 10m, 12h or 2d.`);
}

function explainRefusal(study: string, error: unknown): never {
  if (error instanceof ScheduleAlreadyRunning)
    throw new SpecError(
      `Study "${study}" has a schedule. Look at it: npx foretune schedule describe ${study}. Or delete it first.`,
      { cause: error },
    );
  const reason = error instanceof ServiceError && error.cause ? error.cause : error;
  const message = reason instanceof Error ? reason.message : String(reason);
  throw new SpecError(
    `Temporal did not take the schedule of "${study}": ${message}. A cron has five fields, such as '0 3 * * *'; a timezone is a name, such as Europe/Berlin.`,
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
    note: state.note ? state.note : null, // Temporal's is empty before the first pause
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
      return { started: takenAt, outcome: 'running', reason: 'it has not ended' };
    return { started: takenAt, ...(await endOf(client, action.workflow)) };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { started: takenAt, outcome: 'unknown', reason: 'Temporal has forgotten it' };
  }
}

type Started = ScheduleExecutionResult['action']['workflow'];

/** Waits for its end. */
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

/** A schedule that is there, to be changed. Throws NotFoundError. */
export async function scheduleOf(client: Client, study: string): Promise<ScheduleHandle> {
  const handle = client.schedule.getHandle(refitId(study));
  await describe(handle, study);
  return handle;
}

/** Starts a re-fit now, unless one is running; either is then the one that is waited for. */
export async function triggerSchedule(client: Client, study: string): Promise<TriggeredRefit> {
  const handle = client.schedule.getHandle(refitId(study));
  const { info } = await describe(handle, study);
  const [running] = info.runningActions;
  if (running) return { already: true, end: () => endOf(client, running.workflow) };
  const known = new Set(info.recentActions.map(runOf));
  // Whatever the schedule's own policy: `triggerImmediately` at its creation would ignore it.
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return { already: false, end: async () => endOf(client, await startedSince(handle, known)) };
}

export interface TriggeredRefit {
  /** One was running; no other was started. */
  readonly already: boolean;
  /** Resolves when it has ended. */
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
    `The schedule started nothing within ${STARTED_WITHIN_MS / 1000} s. Run: npx foretune doctor`,
  );
}
