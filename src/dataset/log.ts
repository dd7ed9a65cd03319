/**
 * The dataset of record: tables of measurements in an object store, committed all or none, never
 * rewritten, readable as of any version. ARCHITECTURE.md specifies the objects in the store.
 */
import os from 'node:os';
import { Table, type TypeMap } from 'apache-arrow';
import { NotFoundError } from '../base/errors';
import { rowsOf, rowsOfStudy } from './arrow';
import { schemaOf } from './arrow-schema';
import { CommitWriter, type Commit, type CommitResult, type WriterOptions } from './commit';
import { Compactor, type Joined } from './compact';
import { DataFiles } from './data-files';
import { GroupCommitter } from './group-commit';
import { requireHead, type Head, type KnownHead } from './known-head';
import type { Entry } from './log-format';
import { LogReader } from './log-reader';
import type { LogState, LoggedFile } from './log-state';
import { NewestRows } from './newest-rows';
import { Queue, mapParallel } from '../base/parallel';
import { mayHold, ofStudy, Snapshot } from './snapshot';
import type { ObjectStore } from './store';
import type { Row, TableName } from './tables';

export type { Commit, CommitResult } from './commit';

export interface DatasetOptions extends Partial<WriterOptions> {
  /** Size of the cache of data files, in bytes. */
  readonly cacheBytes?: number;
  /**
   * How long an entry waits for more commits, in milliseconds, if commits arrive faster than
   * entries are written; default: not at all. A single commit never waits.
   */
  readonly gatherMs?: number;
  /** Where the newest version is remembered; by default nowhere. */
  readonly known?: KnownHead;
}

/** Which rows of which version to read; by default all rows of the latest version. */
export interface ReadOptions {
  /** `name@version`. */
  readonly study?: string;
  readonly version?: number;
}

export const GC_GRACE_MS = 7 * 24 * 3600 * 1000;
const CACHE_BYTES = 128 * 2 ** 20;
const REQUESTS = 16;

/** Opens nothing yet: the log is read at the first call that needs it. */
export function openDataset(store: ObjectStore, options: DatasetOptions = {}): Dataset {
  return new Dataset(store, options);
}

export class Dataset {
  private readonly reader: LogReader;
  private readonly files: DataFiles;
  private readonly writer: CommitWriter;
  private readonly compactor: Compactor;
  private readonly committer: GroupCommitter;
  private readonly newestRows = new NewestRows(this);
  /** Every access to `state` goes through this queue, so that one process does not race itself. */
  private readonly queue = new Queue();
  private state: LogState | undefined;
  private refreshing: Promise<LogState> | undefined;
  private readonly known: KnownHead | undefined;

  constructor(store: ObjectStore, options: DatasetOptions) {
    const { cacheBytes = CACHE_BYTES, gatherMs = 0, known, ...given } = options;
    this.known = known;
    const writer = `${os.hostname()}/${process.pid}`;
    this.reader = new LogReader(store);
    this.files = new DataFiles(store, cacheBytes);
    this.writer = new CommitWriter(store, this.files, this.reader, {
      writer,
      now: Date.now,
      gcGraceMs: GC_GRACE_MS,
      ...given,
    });
    this.compactor = new Compactor(this.files, this.writer);
    this.committer = new GroupCommitter(this.writer, {
      queue: this.queue,
      refresh: () => this.refresh(),
      opened: () => this.opened(),
      recorded: async (state) => {
        this.keepHead(state);
        await this.compactor.whenDue(state);
        this.keepHead(state);
      },
      gatherMs,
    });
  }

  /**
   * Records rows, all or none, in a version that concurrent commits share. Repeating a key with the
   * same content (apart from its circumstances, content.ts) is a no-op that uploads nothing. Throws
   * TableConflictError for different content, SchemaError for invalid rows.
   */
  async commit(commit: Commit): Promise<CommitResult> {
    return this.committer.add(this.writer.prepare(commit));
  }

  /**
   * Joins small data files, which also happens automatically every hundred versions. Rows and their
   * order do not change, and earlier versions stay readable. Throws StoreError if others keep
   * writing meanwhile.
   */
  async compact(): Promise<Joined[]> {
    await this.refresh();
    return this.queue.run(async () => this.compactor.run(await this.opened()));
  }

  /** The latest version; 0 for a dataset without commits. */
  async version(): Promise<number> {
    return (await this.refresh()).version;
  }

  /** The newest entry; undefined for a dataset without commits. */
  async head(): Promise<Head | undefined> {
    return headOf(await this.refresh());
  }

  async hasKey(key: string): Promise<boolean> {
    return (await this.refresh()).keys.has(key);
  }

  /** Throws NotFoundError for a version that does not exist. */
  async snapshot(version?: number): Promise<Snapshot> {
    if (version === undefined) {
      const state = await this.refresh();
      return new Snapshot(state.version, state.filesAt(state.version));
    }
    const state = await this.stateWith(version);
    return new Snapshot(version, state.filesAt(version));
  }

  /** Rows in the order in which they were recorded. */
  async read<T extends TableName>(table: T, options: ReadOptions = {}): Promise<Row<T>[]> {
    const { study } = options;
    const tables = await this.tables(table, options);
    return tables.flatMap((one) =>
      study === undefined ? rowsOf(one, table) : rowsOfStudy(one, table, study),
    );
  }

  /**
   * The newest row of each run of a study. The map is cached, and updated from new files: do not
   * hold it across another call.
   */
  async newest<T extends TableName>(table: T, study: string): Promise<ReadonlyMap<string, Row<T>>> {
    return this.newestRows.of(table, study);
  }

  /** The files that may contain rows of the study, in the order in which they were recorded. */
  async filesOf(table: TableName, options: ReadOptions = {}): Promise<LoggedFile[]> {
    const snapshot = await this.snapshot(options.version);
    return snapshot.files(table).filter((file) => mayHold(file, options.study));
  }

  /**
   * Like `filesOf`, but only files of versions after `since`, with the version that was read.
   * Joined files contain older rows again. Null if rows were removed since then.
   */
  async filesSince(
    since: number,
    table: TableName,
    study: string,
  ): Promise<{ readonly version: number; readonly files: LoggedFile[] | null }> {
    const state = await this.refresh();
    const files = state.filesAfter(since, table)?.filter((file) => mayHold(file, study));
    return { version: state.version, files: files ?? null };
  }

  /** The study's rows in some files, for callers that read each file once. */
  async readFiles<T extends TableName>(
    table: T,
    files: readonly LoggedFile[],
    study: string,
  ): Promise<Row<T>[]> {
    const rows = await mapParallel(files, REQUESTS, async (file) =>
      rowsOfStudy(await this.files.openOnce(file, table), table, study),
    );
    return rows.flat();
  }

  /** Like `read`, but returns one Arrow table. */
  async readArrow(table: TableName, options: ReadOptions = {}): Promise<Table<TypeMap>> {
    const { study } = options;
    const tables = await this.tables(table, options);
    const parts = study === undefined ? tables : tables.map((one) => ofStudy(one, table, study));
    return new Table(
      schemaOf(table).arrow,
      parts.flatMap(({ batches }) => batches),
    );
  }

  /** The log's entries from a version on, in order. */
  async entries(from = 1): Promise<Entry[]> {
    const first = Math.max(1, from);
    const count = Math.max(0, (await this.version()) - first + 1);
    const versions = Array.from({ length: count }, (_, i) => first + i);
    return mapParallel(versions, REQUESTS, (version) => this.reader.existingEntry(version));
  }

  private async tables(table: TableName, options: ReadOptions): Promise<Table<TypeMap>[]> {
    const files = await this.filesOf(table, options);
    return mapParallel(files, REQUESTS, (file) => this.files.open(file, table));
  }

  private async stateWith(version: number): Promise<LogState> {
    const known = this.state;
    const state = known && known.version >= version ? known : await this.refresh();
    if (!Number.isInteger(version) || version < 0 || version > state.version)
      throw new NotFoundError(
        `The dataset has no version ${version}; it has versions 0 to ${state.version}.`,
      );
    if (version >= state.base) return state;
    const past = await this.reader.open(version);
    await this.reader.catchUp(past, version);
    return past;
  }

  /**
   * The state with all commits before this call. Waiting calls share one request to the store; a
   * call never joins a request in progress, which may have missed a commit that completed since.
   */
  private refresh(): Promise<LogState> {
    this.refreshing ??= this.queue.run(async () => {
      this.refreshing = undefined;
      const state = await this.opened();
      await this.reader.catchUp(state);
      return state;
    });
    return this.refreshing;
  }

  private async open(): Promise<LogState> {
    const state = await this.reader.openWhole();
    const head = this.known?.read();
    if (head) await requireHead(head, state, this.reader);
    this.keepHead(state);
    return state;
  }

  private keepHead(state: LogState): void {
    const head = headOf(state);
    if (head) this.known?.keep(head);
  }

  private async opened(): Promise<LogState> {
    if (!this.state || this.state.isDiscarded) this.state = await this.open();
    return this.state;
  }
}

function headOf({ version, digest }: LogState): Head | undefined {
  return digest === null ? undefined : { version, digest };
}
