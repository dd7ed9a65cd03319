/**
 * Joins the small data files that commits leave behind, so that who reads opens few. A joined file is
 * recorded by an entry as any other, after the files that it replaces: only the last files of a table are
 * joined, in their order, so that the order of the rows is the same before and after.
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

/** A joined file takes files until it has so much. */
const ENOUGH_ROWS = 20_000;
const ENOUGH_BYTES = 16 * 2 ** 20;
/** Fewer small files than this are left as they are, unless somebody asks. */
const FEW_FILES = 10;
/** How often an entry of somebody else may come between. */
const TRIES = 5;
const REQUESTS = 16;

/** What was done to a table. */
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
   * Every hundredth version is a compaction where there is something to join: the checkpoint that is
   * written with it then lists few files. No commit depends on it: a store that fails, or a file that cannot
   * be read, is left for those to complain of who need it.
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
   * Joins the files of each table that has at least `least` to join. `state` follows the log; one call at a
   * time. Throws StoreError when others write faster than this joins.
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
      `The data files could not be joined: ${TRIES} times another process recorded something meanwhile. Nothing is lost; try again when it is quieter, or leave it to that process.`,
      true,
    );
  }

  /** What an earlier try has written is used again: the files before those that came since are the same. */
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

/** A compaction records no row that was not on record. */
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

/** A file that would only be copied may stay where nothing before it moves behind it. */
function withoutCopies(chunks: readonly Chunk[]): Chunk[] {
  const first = chunks.findIndex((chunk) => chunk.length > 1);
  return first < 0 ? [] : chunks.slice(first);
}

/** Half a chunk is large enough to be left alone. */
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
