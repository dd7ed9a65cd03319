/** Sends a message about how a study ended. If it cannot be sent, nothing else fails. */
import { Context } from '@temporalio/activity';
import { deliver, type Notification } from '../src/study/notification';
import type { Channel } from '../src/study/notify';

interface Deps {
  readonly channels: readonly Channel[];
}

/** Delays before the second and the third attempt. */
const PAUSES_MS = [1000, 4000];

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createNotifyActivities({ channels }: Deps, pauses: readonly number[] = PAUSES_MS) {
  return {
    /**
     * Returns the channels that accepted the message. It is sent again with the same id if the
     * worker dies.
     */
    notify(notification: Notification): Promise<string[]> {
      const context = Context.current();
      return deliver(channels, notification, {
        pauses,
        sleep: (ms) => context.sleep(ms),
        warn: (text) => void context.log.warn(text),
      });
    },
  };
}
