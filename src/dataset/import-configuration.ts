/**
 * The configuration columns of an imported table. A column has one kind of values: numbers,
 * booleans or categories. A field `weights.web` becomes the field `web` of the record `weights`.
 */
import type { Columns } from '../domain/schema';
import { cellOf } from './cells';
import type { CsvTable } from './csv';
import type { Faults } from './faults';

type Scalar = string | number | boolean;
type Configuration = Record<string, Scalar | Record<string, Scalar>>;
type Kind = 'number' | 'boolean' | 'category';

/** One configuration per row. Fields of empty cells are absent. */
export function readConfigurations(
  columns: Columns,
  table: CsvTable,
  faults: Faults,
): Configuration[] {
  const fields = Object.entries(columns.config).map(([field, column]) => {
    const texts = table.rows.map(({ cells }) => cells[column] ?? '');
    const kind = kindOf(texts);
    if (kind === 'number') refuseText(columns, table, column, faults);
    return { field, values: texts.map((text) => valueOf(text, kind)) };
  });
  return table.rows.map((_, i) => {
    const configuration: Configuration = {};
    for (const { field, values } of fields) put(configuration, field, values[i]);
    return configuration;
  });
}

/** Numeric if at least half of the cells are numbers; the other cells are then errors. */
function kindOf(texts: readonly string[]): Kind {
  const known = texts.filter((text) => text !== '');
  const numbers = known.filter((text) => cellOf(text).kind !== 'text').length;
  if (known.length && 2 * numbers >= known.length) return 'number';
  return known.length && known.every((text) => BOOLEAN.test(text)) ? 'boolean' : 'category';
}
const BOOLEAN = /^(true|false)$/i;

function refuseText(columns: Columns, table: CsvTable, column: string, faults: Faults): void {
  for (const row of table.rows) {
    const cell = cellOf(row.cells[column] ?? '');
    const at = { row, column, variant: row.cells[columns.variant_id] ?? '' };
    if (cell.kind === 'wrong') faults.cell(at, cell.why);
    if (cell.kind === 'text') faults.cell(at, 'is text, in a column of numbers; write a number');
  }
}

function valueOf(text: string, kind: Kind): Scalar | undefined {
  if (text === '') return undefined;
  if (kind === 'boolean') return text.toLowerCase() === 'true';
  if (kind === 'category') return text;
  const cell = cellOf(text);
  return cell.kind === 'number' ? cell.value : undefined;
}

function put(into: Configuration, field: string, value: Scalar | undefined): void {
  if (value === undefined) return;
  const [prefix = '', ...rest] = field.split('.');
  if (!rest.length) into[prefix] = value;
  else {
    const record = into[prefix];
    into[prefix] = { ...(typeof record === 'object' ? record : {}), [rest.join('.')]: value };
  }
}
