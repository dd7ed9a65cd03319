/** A workflow interceptor, bundled by tests that would otherwise wait for minutes. */
import type { ActivityOptions, WorkflowInterceptors } from '@temporalio/workflow';

const SHORTER = 200;
/** Still several times what lies between the heartbeats of activities that are played. */
const SHORTEST_HEARTBEAT = '1 second';

export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      startTimer: (input, next) => next({ ...input, durationMs: input.durationMs / SHORTER }),
      scheduleActivity: (input, next) => next({ ...input, options: patient(input.options) }),
    },
  ],
});

/** A worker that is gone is noticed at once, where it would be noticed at all. */
function patient(options: ActivityOptions): ActivityOptions {
  return options.heartbeatTimeout ? { ...options, heartbeatTimeout: SHORTEST_HEARTBEAT } : options;
}
