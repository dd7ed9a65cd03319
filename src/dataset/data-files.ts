/**
 * The immutable Arrow files of the dataset: written under new names, verified when read, cached.
 */
import { randomUUID } from 'node:crypto';
import type { Table, TypeMap } from 'apache-arrow';
import { DamageError } from '../base/errors';
import { sha256 } from '../base/fingerprint';
import { openTable, type EncodedTable } from './arrow';
import { ByteCache } from './byte-cache';
import type { DataFile } from './log-format';
import type { ObjectStore } from './store';
import type { TableName } from './tables';

/** Memory of an open table in addition to its bytes: some objects for each column. */
const OPEN_TABLE_BYTES = 32 * 1024;

export class DataFiles {
  private readonly cache: ByteCache<Table<TypeMap>>;

  constructor(
    private readonly store: Pick<ObjectStore, 'uri' | 'get' | 'put'>,
    cacheBytes: number,
  ) {
    this.cache = new ByteCache(cacheBytes);
  }

  async write({ bytes, table, rows, schema, stats }: EncodedTable): Promise<DataFile> {
    const key = `data/${table}/${randomUUID()}.arrow`;
    await this.store.put(key, bytes);
    // Rows are often read after they are written: fits read outcomes, runs read checkpoints.
    this.keep(key, openTable(bytes, table, key), bytes.length);
    return { table, key, rows, bytes: bytes.length, sha256: sha256(bytes), schema, stats };
  }

  /** Throws DamageError that names the object if its bytes do not match the log. */
  async open(file: DataFile, table: TableName): Promise<Table<TypeMap>> {
    const cached = this.cache.get(file.key);
    if (cached) return cached;
    const opened = await this.fetch(file, table);
    this.keep(file.key, opened, file.bytes);
    return opened;
  }

  private keep(key: string, opened: Table<TypeMap>, bytes: number): void {
    this.cache.set(key, opened, bytes + OPEN_TABLE_BYTES);
  }

  /** Like `open`, but without caching, for files that are read once. */
  async openOnce(file: DataFile, table: TableName): Promise<Table<TypeMap>> {
    return this.cache.get(file.key) ?? this.fetch(file, table);
  }

  private async fetch(file: DataFile, table: TableName): Promise<Table<TypeMap>> {
    const where = `"${file.key}" in ${this.store.uri}`;
    const bytes = await this.store.get(file.key);
    if (!bytes) refuse(where, 'it is missing');
    if (bytes.length !== file.bytes)
      refuse(where, `it has ${bytes.length} bytes, not ${file.bytes}`);
    const digest = sha256(bytes);
    if (digest !== file.sha256) refuse(where, `its sha256 is ${digest}, not ${file.sha256}`);
    const opened = openTable(bytes, table, where);
    if (opened.numRows === file.rows) return opened;
    return refuse(where, `it has ${opened.numRows} rows, not ${file.rows}`);
  }
}

function refuse(where: string, what: string): never {
  throw new DamageError(
    `The data file ${where} does not match the log: ${what}. It was changed or damaged after it was recorded: restore it from a backup.`,
  );
}
