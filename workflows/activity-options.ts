/** The activity handles of all workflows, with the timeouts and retries of each kind of work. */
import { proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities';

const retry: ActivityOptions['retry'] = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
};

/**
 * Reads and small commits: tried for ever, since a study waits out a store that is down. Heartbeats come
 * from the worker (src/heartbeat.ts); computing that takes the whole thread may hold them up for seconds.
 */
export const books = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry,
});

/**
 * Short reads at the start of a variant, done by the worker that runs the workflow: the server hears of
 * the answer alone, and has fewer events to keep.
 */
export const localBooks = proxyLocalActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry,
});

/**
 * Submits, watches and records a job. The heartbeat is short, since a dead worker is noticed by its
 * absence; the job itself outlives the worker and is found again.
 */
export const cluster = proxyActivities<Activities>({
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '10 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { ...retry, maximumInterval: '15 seconds' },
});

/** Trains learners in a child process, which a dead worker takes along. */
export const learning = proxyActivities<Activities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '30 seconds',
  retry,
});
