/**
 * Joins the small data files that commits write, so that readers open fewer files. An entry records
 * a joined file like any other file, after the files that it replaces: only the last files of a
 * table are joined, in their order, so that the order of the rows does not change.
 */
import { SchemaError, StoreError } from '../base/errors';
import { mapParallel } from '../base/parallel';
import { checkedRowsOf, encodeRows } from './arrow';
import type { Change, CommitWriter } from './commit';
import { contentDigest } from './content';
import type { DataFiles } from './data-files';
import { CHECKPOINT_INTERVAL, compactionKey, type DataFile } from './log-format';
import type { LogState, LoggedFile } from './log-state';
import { TABLE_NAMES, type TableName } from './tables';

/** Files are added to a joined file until it has so many rows or bytes. */
const ENOUGH_ROWS = 20_000;
const ENOUGH_BYTES = 16 * 2 ** 20;
/** Fewer small files than this are not joined, unless requested. */
const FEW_FILES = 10;
/** How often an entry of another writer may intervene. */
const TRIES = 5;
const REQUESTS = 16;

/** The files of a table that were joined. */
export interface Joined {
  readonly table: TableName;
  readonly files_before: number;
  readonly files_after: number;
  readonly rows: number;
}

type Chunk = readonly LoggedFile[];
type Plan = ReadonlyMap<TableName, readonly Chunk[]>;

export class Compactor {
  constructor(
    private readonly files: DataFiles,
    private readonly writer: CommitWriter,
  ) {}

  /**
   * Compacts at every hundredth version, if there are files to join: the checkpoint that is written
   * with it then lists few files. No commit depends on it: if the store fails, or a file cannot be
   * read, the next call that needs the store or the file reports the error.
   */
  async whenDue(state: LogState): Promise<void> {
    if ((state.version + 1) % CHECKPOINT_INTERVAL) return;
    try {
      await this.run(state, FEW_FILES);
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof SchemaError)) throw error;
    }
  }

  /**
   * Joins the files of each table that has at least `least` files to join. `state` follows the log.
   * Do not call it concurrently. Throws StoreError if others write faster than this joins.
   */
  async run(state: LogState, least = 2): Promise<Joined[]> {
    const written = new Map<string, DataFile>();
    for (let tries = 0; tries < TRIES; tries++) {
      const plan = planOf(state, least);
      if (!plan.size) return [];
      const change = await this.join(plan, state.version + 1, written);
      if ((await this.writer.append(state, change)) !== null) return joinedBy(plan);
    }
    throw new StoreError(
      `The data files could not be joined: another process recorded a version during each of ${TRIES} attempts. Nothing is lost; try again when fewer processes write, or let that process join them.`,
      true,
    );
  }

  /**
   * Reuses the files that an earlier attempt wrote: the files that preceded newer ones are
   * unchanged.
   */
  private async join(plan: Plan, version: number, written: Map<string, DataFile>): Promise<Change> {
    const added: DataFile[] = [];
    const removed: string[] = [];
    for (const [table, chunks] of plan)
      for (const chunk of chunks) {
        const keys = chunk.map(({ key }) => key);
        const name = keys.join();
        const joined = written.get(name) ?? (await this.joinChunk(table, chunk));
        written.set(name, joined);
        added.push(joined);
        removed.push(...keys);
      }
    return { keys: [{ key: compactionKey(version), content: NOTHING }], added, removed };
  }

  private async joinChunk(table: TableName, chunk: Chunk): Promise<DataFile> {
    const parts = await mapParallel(chunk, REQUESTS, async (file) =>
      checkedRowsOf(await this.files.openOnce(file, table), table),
    );
    return this.files.write(encodeRows(table, parts));
  }
}

/** A compaction records no new rows. */
const NOTHING = contentDigest(new Map());

function planOf(state: LogState, least: number): Plan {
  const current = state.filesAt(state.version);
  const plan = new Map<TableName, readonly Chunk[]>();
  for (const table of TABLE_NAMES) {
    const files = current.filter((file) => file.table === table);
    const first = files.findIndex((file) => !isEnough(file));
    const last = first < 0 ? [] : files.slice(first);
    const chunks = withoutCopies(chunksOf(last));
    if (chunks.flat().length >= Math.max(least, 2)) plan.set(table, chunks);
  }
  return plan;
}

/** A file that would only be copied may stay, if no file before it moves after it. */
function withoutCopies(chunks: readonly Chunk[]): Chunk[] {
  const first = chunks.findIndex((chunk) => chunk.length > 1);
  return first < 0 ? [] : chunks.slice(first);
}

/** A file of at least half a chunk is large enough and not joined. */
function isEnough({ rows, bytes }: Pick<LoggedFile, 'rows' | 'bytes'>): boolean {
  return rows >= ENOUGH_ROWS / 2 || bytes >= ENOUGH_BYTES / 2;
}

function chunksOf(files: readonly LoggedFile[]): Chunk[] {
  const chunks: LoggedFile[][] = [];
  let [rows, bytes] = [Infinity, 0];
  for (const file of files) {
    if (rows + file.rows > ENOUGH_ROWS || bytes + file.bytes > ENOUGH_BYTES) {
      chunks.push([]);
      [rows, bytes] = [0, 0];
    }
    chunks.at(-1)?.push(file);
    rows += file.rows;
    bytes += file.bytes;
  }
  return chunks;
}

function joinedBy(plan: Plan): Joined[] {
  return [...plan].map(([table, chunks]) => ({
    table,
    files_before: chunks.flat().length,
    files_after: chunks.length,
    rows: chunks.flat().reduce((sum, { rows }) => sum + rows, 0),
  }));
}
