/** Sends a message about how a study ended. What cannot be sent fails nothing. */
import { Context } from '@temporalio/activity';
import { deliver, type Notification } from '../src/study/notification';
import type { Channel } from '../src/study/notify';

interface Deps {
  readonly channels: readonly Channel[];
}

/** Pauses before the second and the third try. */
const PAUSES_MS = [1000, 4000];

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createNotifyActivities({ channels }: Deps, pauses: readonly number[] = PAUSES_MS) {
  return {
    /** The channels that took it. Sent again if the worker dies: the id is the same. */
    notify(of: Notification): Promise<string[]> {
      const context = Context.current();
      return deliver(channels, of, {
        pauses,
        sleep: (ms) => context.sleep(ms),
        warn: (text) => void context.log.warn(text),
      });
    },
  };
}
