/**
 * Replays the log of a store. Versions have no gaps, so the first missing entry is the end of the
 * log.
 */
import { SchemaError } from '../base/errors';
import {
  CHECKPOINT_INTERVAL,
  checkpointKey,
  decodeCheckpoint,
  decodeEntry,
  entryKey,
  type Entry,
} from './log-format';
import { LogState } from './log-state';
import type { ObjectStore } from './store';

/** Entries requested at once: one if few are expected, more while there are more. */
const LARGEST_BATCH = 32;
const ENTRY_KEY = /^_log\/\d{20}\.json$/;

export class LogReader {
  constructor(private readonly store: ObjectStore) {}

  async entry(version: number): Promise<Entry | undefined> {
    const bytes = await this.store.get(entryKey(version));
    return bytes && decodeEntry(bytes, version);
  }

  /** An entry that is known to exist. */
  async existingEntry(version: number): Promise<Entry> {
    return (await this.entry(version)) ?? this.refuseGap(version);
  }

  /**
   * The state at the end of the log. Also lists the entries after it once: otherwise a log that
   * lost an entry would seem to end there, and the next commit would fill the gap.
   */
  async openWhole(): Promise<LogState> {
    const state = await this.open();
    await this.catchUp(state);
    while (await this.hasAfter(state.version)) {
      state.apply(await this.existingEntry(state.version + 1));
      await this.catchUp(state);
    }
    return state;
  }

  /** The state at the newest checkpoint, or at the newest checkpoint up to `limit`. */
  async open(limit?: number): Promise<LogState> {
    const steps = limit === undefined ? await this.countSteps() : stepsIn(limit);
    for (let step = steps; step > 0; step--) {
      const version = step * CHECKPOINT_INTERVAL;
      const bytes = await this.store.get(checkpointKey(version));
      if (!bytes) continue;
      const state = LogState.from(decodeCheckpoint(bytes, version));
      await this.confirm(state);
      return state;
    }
    return LogState.empty();
  }

  /** Throws SchemaError if the entry of the state's version is not the one that the state has. */
  async confirm(state: LogState): Promise<void> {
    const { version, digest } = state;
    if (version === 0) return;
    const entry = await this.entry(version);
    if (entry?.digest === digest) return;
    state.discard();
    if (!entry) this.refuseGap(version);
    throw new SchemaError(
      `"${entryKey(version)}" in ${this.store.uri} is not the entry that was read before: it was replaced, by an edit or by a restored backup. Start again; if this message remains, find the damage with: npx foretune data fsck`,
    );
  }

  /** Applies the entries after the state's version, up to `limit`. */
  async catchUp(state: LogState, limit = Infinity): Promise<void> {
    for (let size = 1; state.version < limit; size = Math.min(2 * size, LARGEST_BATCH)) {
      const first = state.version + 1;
      const versions = Array.from(
        { length: Math.min(size, limit - first + 1) },
        (_, i) => first + i,
      );
      const entries = await Promise.all(versions.map((version) => this.entry(version)));
      const end = entries.indexOf(undefined);
      for (const entry of end < 0 ? entries : entries.slice(0, end)) if (entry) state.apply(entry);
      if (end >= 0 && !entries.slice(end).some(Boolean)) return;
      // An entry after the end exists: the end was written meanwhile, or the log has a gap.
      if (end >= 0) state.apply(await this.existingEntry(state.version + 1));
    }
  }

  /** How many whole checkpoint intervals the log has, with a few dozen small requests at most. */
  private async countSteps(): Promise<number> {
    let above = 1;
    while (await this.hasStep(above)) above *= 2;
    let below = Math.floor(above / 2);
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2);
      if (await this.hasStep(middle)) below = middle;
      else above = middle;
    }
    return below;
  }

  /** Looks for the entry, not the checkpoint: a writer may have died between the two writes. */
  private async hasStep(step: number): Promise<boolean> {
    const key = entryKey(step * CHECKPOINT_INTERVAL);
    for await (const object of this.store.list(key)) return object.key === key;
    return false;
  }

  private async hasAfter(version: number): Promise<boolean> {
    for await (const { key } of this.store.list('_log/', entryKey(version)))
      if (ENTRY_KEY.test(key)) return true;
    return false;
  }

  private refuseGap(version: number): never {
    throw new SchemaError(
      `"${entryKey(version)}" is missing in ${this.store.uri}, though it was recorded. Versions are never deleted: restore it from a backup.`,
    );
  }
}

function stepsIn(limit: number): number {
  return Math.floor(limit / CHECKPOINT_INTERVAL);
}
