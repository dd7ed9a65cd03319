/**
 * Sends heartbeats of every activity, so that the server notices a dead worker by their absence.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Several fit into the shortest heartbeat timeout of workflows/activity-options.ts. */
const HEARTBEAT_MS = 2000;

/** `everyMs`: interval between heartbeats. */
export function heartbeats(context: Context, everyMs = HEARTBEAT_MS): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const beat = setInterval(() => context.heartbeat(), everyMs);
        try {
          return await next(input);
        } finally {
          clearInterval(beat);
        }
      },
    },
  };
}
