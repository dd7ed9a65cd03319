/** The activity handles of all workflows, with the timeouts and retries of each kind of work. */
import { proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities';

const retry: ActivityOptions['retry'] = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
};

/**
 * Reads and small commits: retried without limit, since a study waits while a store is down. The
 * worker sends their heartbeats (src/temporal/heartbeat.ts); a computation that blocks the thread
 * may delay them by seconds.
 */
export const books = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry,
});

/**
 * Short reads at the start of a variant, run as local activities: the server only gets their result
 * and has fewer events to store.
 */
export const localBooks = proxyLocalActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry,
});

/**
 * Submits, watches and records a job. The heartbeat timeout is short, since a dead worker is
 * noticed by missing heartbeats; the job itself outlives the worker and is found again.
 */
export const cluster = proxyActivities<Activities>({
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '10 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { ...retry, maximumInterval: '15 seconds' },
});

/** Trains learners in a child process, which dies with its worker. */
export const learning = proxyActivities<Activities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '30 seconds',
  retry,
});
