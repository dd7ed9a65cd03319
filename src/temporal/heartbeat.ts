/** Every activity tells the server that its worker lives: a dead one is noticed by its silence. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Several in the shortest heartbeat timeout of workflows/activity-options.ts. */
const HEARTBEAT_MS = 2000;

/** `everyMs` between heartbeats. */
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
