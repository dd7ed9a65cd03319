/**
 * Converts rows to Arrow IPC files and back. The types are those of TABLES, plain (Utf8, no
 * dictionaries, no compression), so that pyarrow, Polars and DuckDB can read the files.
 * An invalid value is rejected with its table, column and row, never repaired.
 */
import {
  RecordBatch,
  Struct,
  Table,
  makeData,
  tableToIPC,
  util,
  type DataType,
  type TypeMap,
} from 'apache-arrow';
import { SchemaError } from '../base/errors';
import { checkedCells, refuseExtra } from './arrow-check';
import { openIpc } from './arrow-ipc';
import type { CellValue } from './arrow-kinds';
import { rowsFromColumns } from './arrow-rows';
import { schemaOf, typeName, type Column } from './arrow-schema';
import { columnStats, type ColumnStats } from './arrow-stats';
import type { Row, TableName } from './tables';

export { readRecipeTable, type RecipeRow } from './recipe-table';

/** An Arrow IPC file and its description in the log. */
export interface EncodedTable {
  readonly table: TableName;
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Fingerprint of the table's schema. */
  readonly schema: string;
  readonly stats: Readonly<Record<string, ColumnStats>>;
}

type Cells = readonly (readonly CellValue[])[];

/** Checked rows, column by column: each column accepts all its values. */
export interface CheckedRows {
  readonly table: TableName;
  readonly cells: Cells;
  readonly rows: number;
}

/**
 * Throws SchemaError for a missing or unknown column and for a value that its column does not
 * accept.
 */
export function checkRows(rows: readonly object[], table: TableName): CheckedRows {
  const cells = checkedCells(rows, schemaOf(table).columns, table);
  return { table, cells, rows: rows.length };
}

/** The rows of a table that `openTable` returned. */
export function checkedRowsOf(opened: Table<TypeMap>, table: TableName): CheckedRows {
  const cells = schemaOf(table).columns.map(({ name, kind }) => {
    const column = opened.getChild(name);
    return column ? kind.cells(column) : [];
  });
  return { table, cells, rows: opened.numRows };
}

/** One file with the rows of all parts, in their order. All parts belong to one table. */
export function encodeRows(table: TableName, parts: readonly CheckedRows[]): EncodedTable {
  const { columns, fingerprint } = schemaOf(table);
  const cells = columns.map((_, i) => parts.flatMap((part) => part.cells[i] ?? []));
  const stats = columns.map(({ name }, i) => [name, columnStats(cells[i] ?? [])] as const);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return {
    table,
    bytes: tableToIPC(layOut(cells, rows, table), 'file'),
    rows,
    schema: fingerprint,
    stats: Object.fromEntries(stats),
  };
}

/** Combines `checkRows` and `encodeRows`. */
export function encodeTable(rows: readonly object[], table: TableName): EncodedTable {
  return encodeRows(table, [checkRows(rows, table)]);
}

/** The rows as an Arrow table, checked like those of `encodeTable`. */
export function arrowTable(rows: readonly object[], table: TableName): Table<TypeMap> {
  return layOut(checkedCells(rows, schemaOf(table).columns, table), rows.length, table);
}

function layOut(cells: Cells, length: number, table: TableName): Table<TypeMap> {
  const { arrow, columns } = schemaOf(table);
  const children = columns.map(({ kind, type }, i) => {
    const values = cells[i] ?? [];
    const nullCount = values.filter((value) => value === null).length;
    const nullBitmap = nullCount ? util.packBools(values.map((value) => value !== null)) : null;
    return makeData<DataType>({ type, length, nullCount, nullBitmap, ...kind.buffers(values) });
  });
  const data = makeData({ type: new Struct(arrow.fields), length, children });
  return new Table<TypeMap>(arrow, [new RecordBatch(arrow, data)]);
}

/** Rows of a file of the dataset. Throws SchemaError if it is not a file of `table`. */
export function readTable<T extends TableName>(bytes: Uint8Array, table: T): Row<T>[] {
  return rowsOf(openTable(bytes, table, `The file of table "${table}"`), table);
}

/**
 * Opens a file of the dataset, without copying it, as a table that has all columns of `table`: a
 * nullable column that was added after the file was written is all null.
 */
export function openTable(bytes: Uint8Array, table: TableName, what: string): Table<TypeMap> {
  const opened = openIpc(bytes, what);
  const { columns } = schemaOf(table);
  for (const column of columns) checkField(opened, column, what);
  refuseExtra(opened, columns, what);
  if (opened.numCols === columns.length) return withSchemaOf(table, opened);
  return arrowTable(rowsOf(opened, table), table);
}

/** Arrow joins batches of one schema only, and does not recognize a file's schema as ours. */
function withSchemaOf(table: TableName, opened: Table<TypeMap>): Table<TypeMap> {
  const { arrow, columns } = schemaOf(table);
  const { batches } = opened.select(columns.map(({ name }) => name));
  return new Table(
    arrow,
    batches.map(({ data }) => new RecordBatch(arrow, data)),
  );
}

export function rowsOf<T extends TableName>(opened: Table<TypeMap>, table: T): Row<T>[] {
  const { cells, rows } = checkedRowsOf(opened, table);
  const columns = schemaOf(table).columns.map(({ name }, i) => ({ name, values: cells[i] ?? [] }));
  return rowsFromColumns(rows, columns) as Row<T>[];
}

/** The rows of one study. Decodes only those from its first to its last. */
export function rowsOfStudy<T extends TableName>(
  opened: Table<TypeMap>,
  table: T,
  study: string,
): Row<T>[] {
  const studies = opened.getChild('study');
  let [first, end] = [0, opened.numRows];
  while (first < end && studies?.get(first) !== study) first++;
  while (first < end && studies?.get(end - 1) !== study) end--;
  return rowsOf(opened.slice(first, end), table).filter((row) => row.study === study);
}

function checkField(opened: Table<TypeMap>, { name, type, nullable }: Column, what: string): void {
  const column = opened.getChild(name);
  if (!column && nullable) return;
  if (!column) throw new SchemaError(`${what} has no column "${name}", which is required.`);
  const [found, expected] = [typeName(column.type), typeName(type)];
  if (found !== expected)
    throw new SchemaError(`${what}, column "${name}": ${found}, expected ${expected}.`);
  if (column.nullCount && !nullable)
    throw new SchemaError(`${what}, column "${name}": ${column.nullCount} nulls, expected none.`);
}

/** The row as JSON values: timestamps in ISO 8601 with milliseconds, UTC. */
export function rowToJson(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  );
}
