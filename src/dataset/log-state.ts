/**
 * The combined content of the entries of a log: the files of every version, and the keys in use.
 */
import { SchemaError } from '../base/errors';
import {
  FORMAT,
  entryKey,
  isCompaction,
  type Checkpoint,
  type DataFile,
  type Entry,
} from './log-format';

/** A data file with the version that added it. */
export type LoggedFile = DataFile & { readonly version: number };

export interface KnownKey {
  readonly version: number;
  readonly content: string;
}

interface History {
  readonly file: LoggedFile;
  removedIn?: number;
}

export class LogState {
  readonly keys = new Map<string, KnownKey>();
  private readonly histories = new Map<string, History>();
  /** The files of each table, in the order of their versions. */
  private readonly added = new Map<string, History[]>();
  /** The last version that removed rows (a compaction removes none). */
  private removedLast = 0;
  private discarded = false;
  private compactedLast = 0;

  private constructor(
    private first: number,
    private current: { version: number; time: string; digest: string | null },
  ) {}

  /** The oldest version whose files are known here. */
  get base(): number {
    return this.first;
  }

  static empty(): LogState {
    return new LogState(0, { version: 0, time: new Date(0).toISOString(), digest: null });
  }

  static from({ version, time, entry: digest, files, keys }: Checkpoint): LogState {
    const state = new LogState(version, { version, time, digest });
    for (const file of files) state.add(file);
    for (const { key, ...known } of keys) state.keys.set(key, known);
    return state;
  }

  get version(): number {
    return this.current.version;
  }

  /** Of the current version's entry; null for version 0. */
  get digest(): string | null {
    return this.current.digest;
  }

  /** Marks a state that no longer agrees with the log: it must be read again. */
  discard(): void {
    this.discarded = true;
  }

  get isDiscarded(): boolean {
    return this.discarded;
  }

  /** When the current version was committed. */
  get time(): Date {
    return new Date(this.current.time);
  }

  /** Throws SchemaError for an entry that was written after another one than the current one. */
  apply(entry: Entry): void {
    const { version, time, digest } = entry;
    if (version !== this.version + 1)
      throw new Error(`Version ${version} cannot follow version ${this.version}.`);
    if (entry.previous !== this.digest) {
      this.discard();
      refuseOther(entry, this.digest);
    }
    for (const file of entry.added) this.add({ ...file, version });
    for (const removed of entry.removed) this.remove(removed, version);
    if (isCompaction(entry)) this.forget(version);
    else if (entry.removed.length) this.removedLast = version;
    for (const { key, content } of entry.keys)
      if (!this.keys.has(key)) this.keys.set(key, { version, content });
    this.current = { version, time, digest };
  }

  private add(file: LoggedFile): void {
    const history = { file };
    this.histories.set(file.key, history);
    const others = this.added.get(file.table);
    if (others) others.push(history);
    else this.added.set(file.table, [history]);
  }

  private remove(key: string, version: number): void {
    const history = this.histories.get(key);
    if (!history || history.removedIn !== undefined)
      throw new SchemaError(
        `"${entryKey(version)}" removes "${key}", which is not part of the dataset. The log is damaged: restore it from a backup.`,
      );
    history.removedIn = version;
  }

  /**
   * Forgets joined files, except those of the latest compaction, which readers of earlier versions
   * may need.
   */
  private forget(compaction: number): void {
    const isOld = ({ removedIn = Infinity }: History) => removedIn <= this.compactedLast;
    for (const [key, history] of this.histories) if (isOld(history)) this.histories.delete(key);
    for (const [table, files] of this.added)
      this.added.set(
        table,
        files.filter((file) => !isOld(file)),
      );
    this.first = Math.max(this.first, this.compactedLast);
    this.compactedLast = compaction;
  }

  /** The dataset's files at a version from `base` on, in the order in which they were recorded. */
  filesAt(version: number): LoggedFile[] {
    const files: LoggedFile[] = [];
    for (const { file, removedIn = Infinity } of this.histories.values())
      if (file.version <= version && version < removedIn) files.push(file);
    return files;
  }

  /**
   * The files of a table that were added after a version, in the order in which they were recorded.
   * Joined files contain older rows too. Null if rows were removed since, so that rows that were
   * read before may no longer be valid.
   */
  filesAfter(version: number, table: string): LoggedFile[] | null {
    if (this.removedLast > version) return null;
    const added = this.added.get(table) ?? [];
    let first = added.length;
    while (first > 0 && (added[first - 1] as History).file.version > version) first--;
    return added.slice(first).flatMap(({ file, removedIn }) => (removedIn ? [] : [file]));
  }

  /** Of a version above 0, without its own digest. */
  checkpoint(): Omit<Checkpoint, 'digest'> {
    const { version, time, digest } = this.current;
    return {
      format: FORMAT,
      version,
      time,
      entry: digest ?? '',
      files: this.filesAt(version),
      keys: [...this.keys].map(([key, known]) => ({ key, ...known })),
    };
  }
}

function refuseOther({ version, previous }: Entry, found: string | null): never {
  throw new SchemaError(
    `"${entryKey(version)}" was written after another entry of version ${version - 1} (digest ${short(previous)}) than the one that is there (digest ${short(found)}). One of the two was replaced: the log was edited, or restored while a process was writing. To find the damage: npx foretune data fsck`,
  );
}

function short(digest: string | null): string {
  return digest === null ? 'none' : `${digest.slice(0, 12)}…`;
}
