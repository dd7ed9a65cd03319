/** Runs jobs on clusters: src/study/run-job.ts with the cancellation of the activity. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { JobAttempt } from '../src/study/job-context';
import { JobRunner, type JobDeps, type JobOutcome } from '../src/study/run-job';

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createJobActivities(deps: JobDeps) {
  const jobs = new JobRunner(deps);
  return {
    runJob(attempt: JobAttempt): Promise<JobOutcome> {
      const signal = Context.current().cancellationSignal;
      return jobs.run(attempt, { signal, endsJob: () => isAskedFor(signal.reason) });
    },
  };
}

/**
 * False when the worker shuts down or the workflow is gone: then the job keeps running for the next
 * worker to find.
 */
function isAskedFor(reason: unknown): boolean {
  return reason instanceof CancelledFailure && reason.message === 'CANCELLED';
}
