/** Checks each data file: its bytes, its rows, its schema, and its statistics in the log. */
import { isDeepStrictEqual } from 'node:util';
import { SchemaError } from '../../base/errors';
import { mapParallel } from '../../base/parallel';
import { checkedRowsOf } from '../arrow';
import { schemaOf } from '../arrow-schema';
import { columnStats } from '../arrow-stats';
import { DataFiles } from '../data-files';
import type { DataFile } from '../log-format';
import { TABLE_NAMES, type TableName } from '../tables';
import type { CheckedStore, Problem } from './problem';

const AT_ONCE = 8;

export async function checkFiles(
  store: CheckedStore,
  files: readonly DataFile[],
): Promise<Problem[]> {
  const reader = new DataFiles(store, 0);
  const found = await mapParallel(files, AT_ONCE, async (file) => {
    const problem = await problemOf(reader, file);
    return problem === null ? [] : [{ object: file.key, problem }];
  });
  return found.flat();
}

async function problemOf(reader: DataFiles, file: DataFile): Promise<string | null> {
  const table = TABLE_NAMES.find((one) => one === file.table);
  if (!table) return `is of a table "${file.table}", which does not exist`;
  if (!file.key.startsWith(`data/${table}/`))
    return `is not in the folder of its table, "${table}"`;
  try {
    const rows = checkedRowsOf(await reader.openOnce(file, table), table);
    return wrongStats(file, table, rows.cells);
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
}

function wrongStats(
  { stats, schema }: DataFile,
  table: TableName,
  cells: ReturnType<typeof checkedRowsOf>['cells'],
): string | null {
  const { columns, fingerprint } = schemaOf(table);
  const wrong = columns.flatMap(({ name }, i) => {
    const known = stats[name];
    // A file older than a column has no statistics of it.
    if (!known) return schema === fingerprint ? [name] : [];
    return isDeepStrictEqual(known, columnStats(cells[i] ?? [])) ? [] : [name];
  });
  return wrong.length
    ? `has other statistics in the log than its rows give: ${wrong.join(', ')}`
    : null;
}
