/** Converts columns to rows. */
import type { CellValue } from './arrow-kinds';

type Cells = Record<string, CellValue>;

/** `length` rows from columns by name; each column has a value for every row. */
export function rowsFromColumns(
  length: number,
  columns: readonly { readonly name: string; readonly values: readonly CellValue[] }[],
): Cells[] {
  const rows = Array.from({ length }, (): Cells => ({}));
  for (const { name, values } of columns) rows.forEach((row, i) => (row[name] = values[i] ?? null));
  return rows;
}
