/** Notifications of how a study or a re-fit ended. */
import { ContinueAsNew, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, Notification, StudySummary } from '../activities';

const { notify } = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 3 },
});

const EVENTS = { done: 'finished', failed: 'failed', cancelled: 'cancelled' } as const;
const LONGEST_REASON = 500;

type Message = Omit<Notification, 'event_id'>;

/**
 * Never fails, and never sends twice under different ids: all executions of a continued study share
 * one id.
 */
export async function send(message: Message): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  try {
    await notify({ ...message, event_id: `${workflowId}/${firstExecutionRunId}/${message.event}` });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

export async function notifyEnd({
  study,
  status,
  runs,
  dataset_version,
}: StudySummary): Promise<void> {
  if (status === 'running') return;
  const { done, reused, failed, blocked, total } = runs;
  const summary = `${done + reused} of ${total} runs done, ${failed} failed, ${blocked} blocked`;
  await send({ event: EVENTS[status], study, status, summary, dataset_version });
}

/**
 * Also sends a message when the whole workflow fails: otherwise the user would not
 * notice until the next look at the status.
 */
export async function notifyFailure<T>(study: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ContinueAsNew || isCancellation(error)) throw error;
    const summary = reason(error).slice(0, LONGEST_REASON);
    await send({ event: 'failed', study, status: 'interrupted', summary, dataset_version: null });
    throw error;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
