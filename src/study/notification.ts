/**
 * Sends one message to every channel. A channel that fails is tried again and logged; it never
 * fails the study.
 */
import type { Channel } from './notify';

/**
 * The message as it is sent. Fields may be added; `format` is raised when the meaning of a field
 * changes.
 */
export interface Notification {
  readonly event: 'finished' | 'failed' | 'cancelled' | 'drifted';
  /** The same each time the message is sent, so that receivers can drop duplicates. */
  readonly event_id: string;
  /** `name@version`. */
  readonly study: string;
  /** How the study or its re-fit ended. */
  readonly status: string;
  /** One sentence. */
  readonly summary: string;
  readonly dataset_version: number | null;
}

export interface Delivery {
  /** Pauses before the second try, the third try and so on, in milliseconds. */
  readonly pauses: readonly number[];
  readonly sleep: (ms: number) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** Returns the names of the channels that accepted the message. */
export async function deliver(
  channels: readonly Channel[],
  notification: Notification,
  delivery: Delivery,
): Promise<string[]> {
  const message = `${JSON.stringify({ format: 1, ...notification, time: new Date().toISOString() })}\n`;
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
      delivery.warn(`Notification by ${channel.name} failed, attempt ${attempt}: ${why}.`);
    }
    const pause = delivery.pauses[attempt - 1];
    if (pause === undefined) return false;
    await delivery.sleep(pause);
  }
}
