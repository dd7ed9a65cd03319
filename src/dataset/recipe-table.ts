/** Reads the tables that recipes write: Arrow of any writer, with the columns that recipes know. */
import type { DataType, Table, Vector } from 'apache-arrow';
import { SchemaError } from '../base/errors';
import { checkedColumn, refuseExtra } from './arrow-check';
import { conversionTo } from './arrow-convert';
import { openIpc } from './arrow-ipc';
import type { CellValue } from './arrow-kinds';
import { rowsFromColumns } from './arrow-rows';
import { recipeColumns, typeName, type Column } from './arrow-schema';
import type { IDENTITY_COLUMNS, Row, TableName } from './tables';

/** A row as a recipe writes it, without the columns that the orchestrator adds. */
export type RecipeRow<T extends TableName> = Omit<Row<T>, (typeof IDENTITY_COLUMNS)[number]>;

/**
 * Reads rows that a recipe wrote, as an IPC file or stream of any Arrow library; `file` names them
 * in messages. Other physical types (dictionaries, string views, 64-bit integers, 32-bit floats,
 * other time units) are converted if no information is lost, and a nullable column may be missing.
 * All other differences throw SchemaError.
 */
export function readRecipeTable<T extends TableName>(
  bytes: Uint8Array,
  table: T,
  file?: string,
): RecipeRow<T>[] {
  const what = `The recipe's table "${table}"${file === undefined ? '' : ` (${file})`}`;
  const opened = openIpc(bytes, what);
  const columns = recipeColumns(table);
  refuseExtra(opened, columns, what);
  const converted = columns.map((column) => ({
    name: column.name,
    values: convert(opened, column, what),
  }));
  return rowsFromColumns(opened.numRows, converted) as RecipeRow<T>[];
}

function convert(opened: Table, column: Column, what: string): CellValue[] {
  const where = `${what}, column "${column.name}"`;
  const source: Vector<DataType> | null = opened.getChild(column.name);
  if (!source && column.nullable) return new Array<null>(opened.numRows).fill(null);
  if (!source)
    throw new SchemaError(`${where}: the column is missing, and it is not nullable. Write it.`);
  const conversion = conversionTo(column.kind, source.type);
  if (!conversion)
    throw new SchemaError(
      `${where}: ${typeName(source.type)} cannot be converted, expected ${column.kind.expected}.`,
    );
  return checkedColumn(conversion(source), column, what);
}
