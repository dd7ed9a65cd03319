/** Jobs on clusters: src/study/run-job.ts with what Temporal knows of the activity. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { JobAttempt } from '../src/study/job-context';
import { JobRunner, type JobDeps, type JobOutcome } from '../src/study/run-job';

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createJobActivities(deps: JobDeps) {
  const jobs = new JobRunner(deps);
  return {
    runJob(of: JobAttempt): Promise<JobOutcome> {
      const signal = Context.current().cancellationSignal;
      return jobs.run(of, { signal, endsJob: () => isAskedFor(signal.reason) });
    },
  };
}

/** A worker that shuts down, or a workflow that is gone, leaves the job running for the next worker to find. */
function isAskedFor(reason: unknown): boolean {
  return reason instanceof CancelledFailure && reason.message === 'CANCELLED';
}
