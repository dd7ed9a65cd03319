/** A workflow interceptor, bundled by tests that would otherwise wait for minutes. */
import type { WorkflowInterceptors } from '@temporalio/workflow';

const SHORTER = 200;

export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      startTimer: (input, next) => next({ ...input, durationMs: input.durationMs / SHORTER }),
    },
  ],
});
