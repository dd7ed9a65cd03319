/**
 * Appends commits to the log: first the data files, then the log entry, each version with one
 * conditional write. Half a commit is invisible; a commit whose response was lost is found by its
 * key.
 */
import { SchemaError, StoreError, TableConflictError } from '../base/errors';
import { checkRows, encodeRows, type CheckedRows } from './arrow';
import { contentDigest } from './content';
import type { DataFiles } from './data-files';
import {
  CHECKPOINT_INTERVAL,
  FORMAT,
  checkpointKey,
  entryKey,
  type CommitKey,
  type DataFile,
  type Entry,
} from './log-format';
import type { LogReader } from './log-reader';
import type { KnownKey, LogState } from './log-state';
import { seal } from './seal';
import type { ObjectStore } from './store';
import { TABLE_NAMES, type TableName } from './tables';

/** Rows to record as one version, all or none, under a key that names the measurement. */
export interface Commit {
  readonly key: string;
  readonly rows: Readonly<Record<string, readonly object[]>>;
}

export interface CommitResult {
  readonly version: number;
  /** `already`: an earlier commit with this key has the same content; nothing was written. */
  readonly outcome: 'committed' | 'already';
}

/** A commit with checked rows. */
export interface PreparedCommit {
  readonly key: string;
  readonly content: string;
  readonly tables: readonly CheckedRows[];
}

/** The content of an entry of the log. */
export interface Change {
  readonly keys: readonly CommitKey[];
  readonly added: readonly DataFile[];
  /** Keys of data files. */
  readonly removed: readonly string[];
}

/**
 * Commits that will become one entry, with the files of all their rows. No entry names the files
 * yet.
 */
export interface WrittenGroup {
  readonly commits: readonly PreparedCommit[];
  readonly files: readonly DataFile[];
  /** Milliseconds since the epoch, taken before the first file was written. */
  readonly writtenAt: number;
}

export interface WriterOptions {
  readonly writer: string;
  readonly now: () => number;
  /** Age at which garbage collection may delete a file that no entry names. */
  readonly gcGraceMs: number;
}

const CONFIRM_EVERY_MS = 1000;

export class CommitWriter {
  private confirmedAt = -Infinity;

  constructor(
    private readonly store: ObjectStore,
    private readonly files: DataFiles,
    private readonly reader: LogReader,
    private readonly options: WriterOptions,
  ) {}

  /** Checks the rows, and writes nothing. Throws SchemaError for rows that cannot be recorded. */
  prepare({ key, rows }: Commit): PreparedCommit {
    if (key === '')
      throw new SchemaError('A commit needs a key that names the measurement, got "".');
    const named = namedTables(rows);
    const tables = [...named].map(([table, its]) => checkRows(its, table));
    return { key, content: contentDigest(named), tables };
  }

  /**
   * The result of a commit whose key is in the log; undefined if it is not. Throws
   * TableConflictError if the log has the key with different rows.
   */
  settled(state: LogState, commit: PreparedCommit): CommitResult | undefined {
    const known = state.keys.get(commit.key);
    return known && settle(known, commit);
  }

  /**
   * A file for each table, under a new name: garbage collection may be deleting old files at this
   * moment.
   */
  async writeData(commits: readonly PreparedCommit[]): Promise<WrittenGroup> {
    const writtenAt = this.options.now();
    const parts = commits.flatMap(({ tables }) => tables);
    const tables = [...new Set(parts.map(({ table }) => table))];
    const encoded = tables.map((table) =>
      encodeRows(
        table,
        parts.filter((part) => part.table === table),
      ),
    );
    return {
      commits,
      writtenAt,
      files: await Promise.all(encoded.map((one) => this.files.write(one))),
    };
  }

  /**
   * Half of the grace period is reserved for the time between this check and the write of the
   * entry.
   */
  isStale({ files, writtenAt }: WrittenGroup): boolean {
    return files.length > 0 && this.options.now() - writtenAt > this.options.gcGraceMs / 2;
  }

  /**
   * Writes the next entry: its version, or null if another writer was first. In both cases `state`
   * is brought up to date with the log. Do not call it concurrently.
   */
  async append(state: LogState, change: Change): Promise<number | null> {
    await this.confirmNewest(state);
    const { value: entry, bytes } = seal(this.nextEntry(state, change));
    const { version } = entry;
    const wrote = await this.store.putIfAbsent(entryKey(version), bytes);
    const existing = wrote ? entry : await this.reader.existingEntry(version);
    state.apply(existing);
    if (existing.digest === entry.digest) {
      await this.writeCheckpoint(state);
      return version;
    }
    await this.reader.catchUp(state);
    return null;
  }

  /**
   * A writer must not continue a log that was restored or edited since it was read. Checked at most
   * once in CONFIRM_EVERY_MS, since it costs a request.
   */
  private async confirmNewest(state: LogState): Promise<void> {
    if (performance.now() - this.confirmedAt < CONFIRM_EVERY_MS) return;
    await this.reader.confirm(state);
    this.confirmedAt = performance.now();
  }

  private nextEntry(state: LogState, { keys, added, removed }: Change): Omit<Entry, 'digest'> {
    if (!keys.length) throw new Error('An entry records at least one commit, got none.');
    return {
      format: FORMAT,
      version: state.version + 1,
      time: new Date(Math.max(state.time.getTime() + 1, this.options.now())).toISOString(),
      writer: this.options.writer,
      previous: state.digest,
      keys: [...keys],
      added: [...added],
      removed: [...removed],
    };
  }

  private async writeCheckpoint(state: LogState): Promise<void> {
    if (state.version % CHECKPOINT_INTERVAL) return;
    const { bytes } = seal(state.checkpoint());
    try {
      await this.store.putIfAbsent(checkpointKey(state.version), bytes);
    } catch (error) {
      // The commit is recorded. A checkpoint only saves readers time, and the next one contains
      // everything.
      if (!(error instanceof StoreError)) throw error;
    }
  }
}

/** The content of the next entry. */
export function changeOf({ commits, files }: WrittenGroup): Change {
  const keys = commits.map(({ key, content }) => ({ key, content }));
  return { keys, added: files, removed: [] };
}

function namedTables(rows: Commit['rows']): Map<TableName, readonly object[]> {
  const named = new Map<TableName, readonly object[]>();
  for (const [name, its] of Object.entries(rows)) {
    const table = TABLE_NAMES.find((one) => one === name);
    if (!table)
      throw new SchemaError(
        `There is no table "${name}" to record rows in. Tables: ${TABLE_NAMES.join(', ')}.`,
      );
    if (its.length) named.set(table, its);
  }
  return named;
}

function settle(known: KnownKey, { key, content }: PreparedCommit): CommitResult {
  if (known.content === content) return { version: known.version, outcome: 'already' };
  throw new TableConflictError(
    `"${key}" was recorded with other rows in version ${known.version} (content ${known.content.slice(0, 12)}, now ${content.slice(0, 12)}). A key identifies one result. Find out why the same run gave different rows, or raise the version of its study or recipe.`,
  );
}
