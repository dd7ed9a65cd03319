/** The digest that decides whether two commits with one key are the same commit. */
import { createHash } from 'node:crypto';
import { schemaOf } from './arrow-schema';
import type { TableName } from './tables';

/**
 * A run that was retried, or recorded later, is the same measurement. A fit of the same numbers is
 * the same fit, at whatever version of the dataset they were read.
 */
const CIRCUMSTANCES: ReadonlySet<string> = new Set(['recorded_at', 'attempt', 'read_version']);

/**
 * sha256 over one line for each row: the table's name and the row's values in the order of the
 * table's columns, as a JSON array, without the circumstances; tables in order of name.
 */
export function contentDigest(tables: ReadonlyMap<TableName, readonly object[]>): string {
  const hash = createHash('sha256');
  for (const [table, rows] of [...tables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const columns = schemaOf(table).columns.filter(({ name }) => !CIRCUMSTANCES.has(name));
    for (const row of rows as readonly Readonly<Record<string, unknown>>[])
      hash.update(`${JSON.stringify([table, ...columns.map(({ name }) => row[name])])}\n`);
  }
  return hash.digest('hex');
}
