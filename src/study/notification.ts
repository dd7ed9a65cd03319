/** One message to every channel. A channel that fails stops nothing: it is tried again, and warned of. */
import type { Channel } from './notify';

/** The message, as it is sent. Fields may be added; `format` is raised when one changes its meaning. */
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

export interface Delivery {
  /** Pauses before the second try, the third, and so on, in milliseconds. */
  readonly pauses: readonly number[];
  readonly sleep: (ms: number) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** Returns the names of the channels that took it. */
export async function deliver(
  channels: readonly Channel[],
  of: Notification,
  delivery: Delivery,
): Promise<string[]> {
  const message = `${JSON.stringify({ format: 1, ...of, time: new Date().toISOString() })}\n`;
  const sent = await Promise.all(channels.map((channel) => send(channel, message, delivery)));
  return channels.filter((_, i) => sent[i]).map(({ name }) => name);
}

async function send(channel: Channel, message: string, delivery: Delivery): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await channel.send(message);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      delivery.warn(`The ${channel.name} of notifications failed, try ${attempt}: ${why}.`);
    }
    const pause = delivery.pauses[attempt - 1];
    if (pause === undefined) return false;
    await delivery.sleep(pause);
  }
}
