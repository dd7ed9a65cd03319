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

type Told = Omit<Notification, 'event_id'>;

/** Never fails, and never twice under another id: all executions of a continued study share one. */
export async function tell(of: Told): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  try {
    await notify({ ...of, event_id: `${workflowId}/${firstExecutionRunId}/${of.event}` });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

export async function tellEnd({
  study,
  status,
  runs,
  dataset_version,
}: StudySummary): Promise<void> {
  if (status === 'running') return;
  const { done, reused, failed, blocked, total } = runs;
  const summary = `${done + reused} of ${total} runs done, ${failed} failed, ${blocked} blocked`;
  await tell({ event: EVENTS[status], study, status, summary, dataset_version });
}

/** What fails as a whole is told too: nothing else would say so while nobody watches. */
export async function tellingFailure<T>(study: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ContinueAsNew || isCancellation(error)) throw error;
    const summary = reason(error).slice(0, LONGEST_REASON);
    await tell({ event: 'failed', study, status: 'interrupted', summary, dataset_version: null });
    throw error;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
