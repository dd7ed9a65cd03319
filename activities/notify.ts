/** Tells somebody outside how a study ended. What cannot be told fails nothing: it is warned of in the worker's log. */
import { Context } from '@temporalio/activity';
import type { Channel } from '../src/study/notify';

/** What is told, as it is sent. Fields may be added; `format` is raised when one changes its meaning. */
export interface Notification {
  readonly event: 'finished' | 'failed' | 'cancelled' | 'drifted';
  /** The same however often the message comes: receivers drop doubles by it. */
  readonly event_id: string;
  /** `name@version`. */
  readonly study: string;
  /** How the study or its re-fit ended. */
  readonly status: string;
  /** In words. */
  readonly summary: string;
  readonly dataset_version: number | null;
}

interface Deps {
  readonly channels: readonly Channel[];
}

/** Pauses before the second and the third try. */
const PAUSES_MS = [1000, 4000];

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createNotifyActivities({ channels }: Deps, pauses: readonly number[] = PAUSES_MS) {
  return {
    /** The channels that took it. Told again after a death of the worker: the id is the same. */
    async notify(of: Notification): Promise<string[]> {
      const message = `${JSON.stringify({ format: 1, ...of, time: new Date().toISOString() })}\n`;
      const told = await Promise.all(
        channels.map(async (channel) =>
          (await tell(channel, message, pauses)) ? channel.name : [],
        ),
      );
      return told.flat();
    },
  };
}

async function tell(
  channel: Channel,
  message: string,
  pauses: readonly number[],
): Promise<boolean> {
  const { log } = Context.current();
  for (let attempt = 1; ; attempt++) {
    try {
      await channel.send(message);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn(`The ${channel.name} of notifications failed, try ${attempt}: ${why}.`);
    }
    const pause = pauses[attempt - 1];
    if (pause === undefined) return false;
    await Context.current().sleep(pause);
  }
}
