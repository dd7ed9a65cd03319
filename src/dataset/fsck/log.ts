/** Checks the log: no gaps, each entry intact and after the one before it, checkpoints as derived. */
import { SchemaError } from '../../base/errors';
import type { Head } from '../known-head';
import {
  CHECKPOINT_INTERVAL,
  checkpointKey,
  decodeCheckpoint,
  decodeEntry,
  entryKey,
  type Entry,
} from '../log-format';
import { LogState, type LoggedFile } from '../log-state';
import { seal } from '../seal';
import type { CheckedStore, Problem } from './problem';

interface CheckedLog {
  readonly versions: number;
  /** All data files that a version added, those that a later one removed included. */
  readonly files: readonly LoggedFile[];
  readonly problems: readonly Problem[];
  /** Of the intact entries, by version. */
  readonly digests: ReadonlyMap<number, string>;
  readonly head: Head | undefined;
}

const OBJECT = /^_log\/(\d{20})(\.checkpoint)?\.json$/;
const BATCH = 32;

export async function checkLog(store: CheckedStore, repair: boolean): Promise<CheckedLog> {
  const check = new LogCheck(store, repair);
  await check.list();
  await check.run();
  return check.result();
}

class LogCheck {
  private readonly problems: Problem[] = [];
  private readonly digests = new Map<number, string>();
  private readonly files = new Map<string, LoggedFile>();
  private readonly checkpoints = new Set<number>();
  private last = 0;
  /** Null after a damaged or missing entry, since later states are not known then. */
  private state: LogState | null = LogState.empty();

  constructor(
    private readonly store: CheckedStore,
    private readonly repair: boolean,
  ) {}

  async list(): Promise<void> {
    for await (const { key } of this.store.list('_log/')) {
      const [, digits, checkpoint] = OBJECT.exec(key) ?? [];
      const version = Number(digits);
      if (digits === undefined || version === 0) this.report(key, 'does not belong to a log');
      else if (checkpoint) this.checkpoints.add(version);
      if (digits !== undefined) this.last = Math.max(this.last, version);
    }
  }

  async run(): Promise<void> {
    for (let first = 1; first <= this.last; first += BATCH) {
      const size = Math.min(BATCH, this.last - first + 1);
      const versions = Array.from({ length: size }, (_, i) => first + i);
      const bodies = await Promise.all(versions.map((one) => this.store.get(entryKey(one))));
      for (const [i, version] of versions.entries()) await this.take(version, bodies[i]);
    }
  }

  result(): CheckedLog {
    const { problems, digests, last } = this;
    const newest = Math.max(0, ...digests.keys());
    const digest = digests.get(newest);
    return {
      versions: last,
      files: [...this.files.values()],
      problems,
      digests,
      head: digest === undefined ? undefined : { version: newest, digest },
    };
  }

  private async take(version: number, body: Uint8Array | undefined): Promise<void> {
    const entry = body && this.decoded(entryKey(version), () => decodeEntry(body, version));
    if (!body) this.report(entryKey(version), 'is missing, though later versions are there');
    if (entry) this.follow(entry);
    else this.state = null;
    if (this.checkpoints.has(version)) await this.checkCheckpoint(version);
  }

  private follow(entry: Entry): void {
    const { version, digest, previous, added } = entry;
    const before = version === 1 ? null : this.digests.get(version - 1);
    if (before !== undefined && previous !== before)
      this.report(
        entryKey(version),
        `was written after another version ${version - 1} than the one that is there: one of the two was replaced`,
      );
    this.digests.set(version, digest);
    for (const file of added) this.files.set(file.key, { ...file, version });
    this.advance(entry);
  }

  private advance(entry: Entry): void {
    if (!this.state) return;
    try {
      this.state.apply(entry);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      if (entry.previous === this.state.digest) this.report(entryKey(entry.version), error.message);
      this.state = null;
    }
  }

  private async checkCheckpoint(version: number): Promise<void> {
    const key = checkpointKey(version);
    const body = await this.store.get(key);
    if (!body) return;
    const checkpoint = this.decoded(key, () => decodeCheckpoint(body, version));
    const derived = this.state && seal(this.state.checkpoint());
    const isWrong =
      checkpoint &&
      (derived
        ? checkpoint.digest !== derived.value.digest
        : (this.digests.get(version) ?? checkpoint.entry) !== checkpoint.entry);
    if (isWrong || version % CHECKPOINT_INTERVAL)
      this.report(key, 'is not what follows from the entries of the log');
    if ((isWrong || !checkpoint) && derived && this.repair) await this.rewrite(key, derived.bytes);
  }

  private async rewrite(key: string, bytes: Uint8Array): Promise<void> {
    await this.store.put(key, bytes);
    const at = this.problems.findIndex(({ object }) => object === key);
    const problem = this.problems[at];
    if (problem) this.problems[at] = { ...problem, repaired: true };
  }

  private decoded<T>(key: string, decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      this.report(key, error.message);
      return undefined;
    }
  }

  private report(object: string, problem: string): void {
    this.problems.push({ object, problem });
  }
}
