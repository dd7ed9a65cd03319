/**
 * Appends commits to the log: data first, the log last, each version by one conditional write.
 * Half a commit is invisible; a commit whose answer was lost is found again by its key.
 */
import { isDeepStrictEqual } from 'node:util';
import { SchemaError, StoreError, TableConflictError } from '../base/errors';
import { checkRows, encodeRows, type CheckedRows } from './arrow';
import { contentDigest } from './content';
import type { DataFiles } from './data-files';
import {
  CHECKPOINT_INTERVAL,
  FORMAT,
  GROUP_FORMAT,
  checkpointKey,
  encodeJson,
  entryKey,
  type CommitKey,
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

/** A commit whose rows were checked. */
export interface PreparedCommit {
  readonly key: string;
  readonly content: string;
  readonly tables: readonly CheckedRows[];
}

/** What an entry of the log says. */
export interface Change {
  readonly keys: readonly CommitKey[];
  readonly added: readonly DataFile[];
  /** Keys of data files. */
  readonly removed: readonly string[];
}

/** Commits that become one entry, with the files of all their rows, which no entry names yet. */
export interface WrittenGroup {
  readonly commits: readonly PreparedCommit[];
  readonly files: readonly DataFile[];
  /** Milliseconds since the epoch, before the first file was written. */
  readonly writtenAt: number;
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

  /** Checks and writes nothing. Throws SchemaError for rows that cannot be recorded. */
  prepare({ key, rows }: Commit): PreparedCommit {
    if (key === '') throw new SchemaError('A commit needs a key that names what was measured.');
    const named = namedTables(rows);
    const tables = [...named].map(([table, its]) => checkRows(its, table));
    return { key, content: contentDigest(named), tables };
  }

  /**
   * The result of a commit whose key the log has; undefined for another. Throws TableConflictError
   * when the log has it with other rows.
   */
  settled(state: LogState, commit: PreparedCommit): CommitResult | undefined {
    const known = state.keys.get(commit.key);
    return known && settle(known, commit);
  }

  /** A file for each table, under new names: garbage collection may be deleting old ones this very moment. */
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

  /** Half of the grace period is left for the time between this look and the entry's write. */
  isStale({ files, writtenAt }: WrittenGroup): boolean {
    return files.length > 0 && this.options.now() - writtenAt > this.options.gcGraceMs / 2;
  }

  /**
   * Writes the next entry: its version, or null when another writer was first. `state` follows the
   * log either way. One call at a time.
   */
  async append(state: LogState, change: Change): Promise<number | null> {
    const entry = this.nextEntry(state, change);
    const { version } = entry;
    const wrote = await this.store.putIfAbsent(entryKey(version), encodeJson(entry));
    const standing = wrote ? entry : await this.reader.standingEntry(version);
    state.apply(standing);
    if (isDeepStrictEqual(standing, entry)) {
      await this.writeCheckpoint(state);
      return version;
    }
    await this.reader.catchUp(state);
    return null;
  }

  private nextEntry(state: LogState, { keys, added, removed }: Change): Entry {
    const time = new Date(Math.max(state.time.getTime() + 1, this.options.now())).toISOString();
    const { writer } = this.options;
    const files = { added: [...added], removed: [...removed] };
    const common = { version: state.version + 1, time, writer, ...files };
    const [first, ...others] = keys;
    if (!first) throw new Error('An entry records one commit at least.');
    return others.length
      ? { format: GROUP_FORMAT, ...common, keys: [first, ...others] }
      : { format: FORMAT, ...common, ...first };
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

/** As the next entry says it. */
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
    `"${key}" was recorded with other rows in version ${known.version} (content ${known.content.slice(0, 12)}, now ${content.slice(0, 12)}). A key stands for one result. Find what made the same run give other rows, or raise the version of its study or recipe.`,
  );
}
