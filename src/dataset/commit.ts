/**
 * Appends commits to the log: data first, the log last, each version by one conditional write.
 * Half a commit is invisible; a commit whose answer was lost is found again by its key.
 */
import { isDeepStrictEqual } from 'node:util';
import { SchemaError, StoreError, TableConflictError } from '../errors';
import { encodeTable, type EncodedTable } from './arrow';
import { contentDigest } from './content';
import type { DataFiles } from './data-files';
import {
  CHECKPOINT_INTERVAL,
  FORMAT,
  checkpointKey,
  encodeJson,
  entryKey,
  type DataFile,
  type Entry,
} from './log-format';
import type { LogReader } from './log-reader';
import type { KnownKey, LogState } from './log-state';
import type { ObjectStore } from './store';
import { TABLE_NAMES, type TableName } from './tables';

/** Rows to record as one version, all or none, under a key that names what was measured. */
export interface Commit {
  readonly key: string;
  readonly rows: Readonly<Record<string, readonly object[]>>;
}

export interface CommitResult {
  readonly version: number;
  /** `already`: an earlier commit of this key has the same content, and nothing was written. */
  readonly outcome: 'committed' | 'already';
}

/** A commit that was checked and encoded. Its data files, once written, are named by no entry yet. */
export interface PreparedCommit {
  readonly key: string;
  readonly content: string;
  readonly tables: readonly EncodedTable[];
  files: readonly DataFile[];
  /** Milliseconds since the epoch, before the first file was written. */
  writtenAt: number;
}

export interface WriterOptions {
  readonly writer: string;
  readonly now: () => number;
  /** Age at which garbage collection may delete a file that no entry names. */
  readonly gcGraceMs: number;
}

export class CommitWriter {
  constructor(
    private readonly store: ObjectStore,
    private readonly files: DataFiles,
    private readonly reader: LogReader,
    private readonly options: WriterOptions,
  ) {}

  /** Checks and encodes; writes nothing. Throws SchemaError for rows that cannot be recorded. */
  prepare({ key, rows }: Commit): PreparedCommit {
    if (key === '') throw new SchemaError('A commit needs a key that names what was measured.');
    const named = namedTables(rows);
    const tables = [...named].map(([table, its]) => encodeTable(its, table));
    const content = contentDigest(named);
    return { key, content, tables, files: [], writtenAt: 0 };
  }

  /** The result of a commit whose key the log has: it needs no data files. */
  settled(state: LogState, commit: PreparedCommit): CommitResult | undefined {
    const known = state.keys.get(commit.key);
    return known && settle(known, commit);
  }

  /** One call at a time: `state` follows the log. */
  async append(state: LogState, commit: PreparedCommit): Promise<CommitResult> {
    for (;;) {
      const settled = this.settled(state, commit);
      if (settled) return settled;
      while (this.isStale(commit)) await this.writeData(commit);
      const entry = this.nextEntry(state, commit);
      const { version } = entry;
      const wrote = await this.store.putIfAbsent(entryKey(version), encodeJson(entry));
      const standing = wrote ? entry : await this.reader.standingEntry(version);
      state.apply(standing);
      if (isDeepStrictEqual(standing, entry)) {
        await this.writeCheckpoint(state);
        return { version, outcome: 'committed' };
      }
      await this.reader.catchUp(state);
    }
  }

  /** Under new names: garbage collection may be deleting the old ones this very moment. */
  async writeData(commit: PreparedCommit): Promise<void> {
    commit.writtenAt = this.options.now();
    commit.files = await Promise.all(commit.tables.map((table) => this.files.write(table)));
  }

  /** Half of the grace period is left for the time between this look and the entry's write. */
  private isStale({ files, writtenAt }: PreparedCommit): boolean {
    return files.length > 0 && this.options.now() - writtenAt > this.options.gcGraceMs / 2;
  }

  private nextEntry(state: LogState, { key, content, files }: PreparedCommit): Entry {
    const time = new Date(Math.max(state.time.getTime() + 1, this.options.now())).toISOString();
    const { writer } = this.options;
    const version = state.version + 1;
    return { format: FORMAT, version, time, writer, key, content, added: [...files], removed: [] };
  }

  private async writeCheckpoint(state: LogState): Promise<void> {
    if (state.version % CHECKPOINT_INTERVAL) return;
    const body = encodeJson(state.checkpoint());
    try {
      await this.store.putIfAbsent(checkpointKey(state.version), body);
    } catch (error) {
      // The commit stands; a checkpoint only spares readers time, and the next one has it all.
      if (!(error instanceof StoreError)) throw error;
    }
  }
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
    `"${key}" was recorded with other rows in version ${known.version} (content ${known.content.slice(0, 12)}, now ${content.slice(0, 12)}). A key stands for one result. Find what made the same run give other rows, or raise the version of its study or recipe.`,
  );
}
