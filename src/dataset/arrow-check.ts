/** Checks rows against a table's columns before anything is written. */
import { inspect } from 'node:util';
import type { Table } from 'apache-arrow';
import { SchemaError } from '../base/errors';
import type { CellValue } from './arrow-kinds';
import type { Column } from './arrow-schema';
import type { TableName } from './tables';

/**
 * The values of each column; a missing value of a nullable column is null. Throws SchemaError that
 * names the table, column, row and value.
 */
export function checkedCells(
  rows: readonly object[],
  columns: readonly Column[],
  table: TableName,
): CellValue[][] {
  refuseUnknown(rows, columns, table);
  const records = rows as readonly Readonly<Record<string, unknown>>[];
  return columns.map((column) => {
    const values = records.map(({ [column.name]: value }) =>
      value === undefined && column.nullable ? null : value,
    );
    return checkedColumn(values, column, `Table "${table}"`);
  });
}

/**
 * The values, checked against the column. Throws SchemaError that names `what`, column, row and
 * value.
 */
export function checkedColumn(
  values: readonly unknown[],
  { name, kind, nullable }: Column,
  what: string,
): CellValue[] {
  const bad = values.findIndex((value) => !(kind.accepts(value) || (nullable && value === null)));
  if (bad < 0) return values as CellValue[];
  const expected = nullable ? `${kind.expected} or null` : kind.expected;
  throw new SchemaError(
    `${what}, column "${name}", row ${bad}: got ${show(values[bad])}, expected ${expected}. Nothing was recorded; correct the program that wrote the row.`,
  );
}

function refuseUnknown(
  rows: readonly object[],
  columns: readonly Column[],
  table: TableName,
): void {
  const known = new Set(columns.map(({ name }) => name));
  rows.forEach((row, i) => {
    const unknown = Object.keys(row).find((name) => !known.has(name));
    if (unknown !== undefined)
      throw new SchemaError(
        `Table "${table}", row ${i}: there is no column "${unknown}". Its columns are ${columnNames(columns)}.`,
      );
  });
}

/** Throws SchemaError if a file has a column twice, or a column that is not in `columns`. */
export function refuseExtra(opened: Table, columns: readonly Column[], what: string): void {
  const known = new Set(columns.map(({ name }) => name));
  const names = opened.schema.fields.map(({ name }) => String(name));
  const extra = names.find((name, i) => !known.has(name) || names.indexOf(name) !== i);
  if (extra === undefined) return;
  const found = known.has(extra) ? `has column "${extra}" twice` : `has a column "${extra}"`;
  throw new SchemaError(`${what} ${found}. Its columns are ${columnNames(columns)}.`);
}

function columnNames(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(', ');
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing (the column is missing)';
  if (value instanceof Date) return 'an invalid Date';
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
