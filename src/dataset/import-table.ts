/**
 * Reads a study's CSV file into rows. An empty cell means that the number is not known yet. An
 * invalid cell is rejected, never repaired; all errors are reported at once.
 */
import { nearest } from '../base/explain';
import { fingerprint } from '../base/fingerprint';
import { rangeOf } from '../domain/direction';
import { studyId } from '../domain/ids';
import { variantId } from '../domain/names';
import type { Columns, Tabled } from '../domain/schema';
import { cellOf } from './cells';
import { readCsv, type CsvRow, type CsvTable } from './csv';
import { Faults } from './faults';
import { readConfigurations } from './import-configuration';
import type { Row } from './tables';

export interface ImportedRows {
  readonly variants: Row<'variants'>[];
  readonly indicators: Row<'indicators'>[];
  readonly outcomes: Row<'outcomes'>[];
}

interface NumberColumns {
  readonly value: string;
  readonly stderr?: string | undefined;
  readonly n?: string | undefined;
}

/** Throws SchemaError that names every invalid cell. */
export function importRows(study: Tabled, csv: string, recorded_at: Date): ImportedRows {
  const table = readCsv(study.table, csv);
  const faults = new Faults(study.table);
  checkColumns(study, table, faults);
  faults.throwAny();
  checkIds(study.columns, table, faults);
  const rows = readRows(study, table, recorded_at, faults);
  faults.throwAny();
  return rows;
}

function readRows(study: Tabled, table: CsvTable, recorded_at: Date, faults: Faults): ImportedRows {
  const identity = ({ cells }: CsvRow) => ({
    study: studyId(study),
    variant_id: cells[study.columns.variant_id] ?? '',
    run_id: 'import',
    attempt: 1,
    recorded_at,
  });
  const configurations = readConfigurations(study.columns, table, faults);
  return {
    variants: table.rows.map((row, i) => ({
      ...identity(row),
      config_json: JSON.stringify(configurations[i]),
      fingerprint: fingerprint(configurations[i]),
    })),
    indicators: table.rows.flatMap((row) =>
      Object.entries(study.columns.indicators).flatMap(([indicator, column]) => {
        const columns = typeof column === 'string' ? { value: column } : column;
        const found = measurement(row, columns, study, faults, indicator);
        return found ? [{ ...identity(row), indicator, domain: null, ...found }] : [];
      }),
    ),
    outcomes: table.rows.flatMap((row) =>
      outcomeColumns(study).flatMap(({ task, sft_recipe, seed, ...columns }) => {
        const found = measurement(row, columns, study, faults);
        const metric = study.tasks[task]?.metric ?? '';
        return found
          ? [{ ...identity(row), task, dataset: task, sft_recipe, seed, metric, ...found }]
          : [];
      }),
    ),
  };
}

/** The SFT recipe of outcomes whose columns name none. */
export const IMPORTED = 'imported';

interface OutcomeColumns extends NumberColumns {
  readonly task: string;
  readonly sft_recipe: string;
  readonly seed: number;
}

function outcomeColumns({ columns, tasks }: Tabled): OutcomeColumns[] {
  return Object.entries(columns.outcomes).flatMap(([task, column]) => {
    const known = tasks[task]?.sft?.[0]?.recipe ?? IMPORTED;
    const several = typeof column === 'string' ? [{ value: column, seed: 0 }] : [column].flat();
    return several.map((one) => ({
      ...one,
      task,
      sft_recipe: ('sft_recipe' in one ? one.sft_recipe : undefined) ?? known,
    }));
  });
}

interface Measurement {
  readonly value: number;
  readonly stderr: number | null;
  readonly n: number | null;
}

function measurement(
  row: CsvRow,
  columns: NumberColumns,
  study: Tabled,
  faults: Faults,
  indicator?: string,
): Measurement | null {
  const read = (column: string | undefined) =>
    column === undefined ? null : readNumber(row, column, study, faults);
  const [value, stderr, n] = [read(columns.value), read(columns.stderr), read(columns.n)];
  if (value === null) return null;
  const at = { row, column: columns.value, variant: row.cells[study.columns.variant_id] ?? '' };
  const range = indicator === undefined ? null : rangeOf(indicator);
  if (range && !(value > range.above && value <= range.most))
    faults.cell(at, `is outside ${range.words}, the range of "${indicator}"`);
  if (stderr !== null && stderr < 0)
    faults.cell(
      { ...at, column: columns.stderr ?? '' },
      'is negative; expected a standard error of 0 or more',
    );
  if (n !== null && !(Number.isInteger(n) && n > 0))
    faults.cell(
      { ...at, column: columns.n ?? '' },
      'is not a number of items; expected a whole number above 0',
    );
  return { value, stderr, n };
}

/** Null for an empty or invalid cell. */
function readNumber(
  row: CsvRow,
  column: string,
  { columns }: Tabled,
  faults: Faults,
): number | null {
  const cell = cellOf(row.cells[column] ?? '');
  if (cell.kind === 'number') return cell.value;
  const at = { row, column, variant: row.cells[columns.variant_id] ?? '' };
  if (cell.kind === 'wrong') faults.cell(at, cell.why);
  if (cell.kind === 'text')
    faults.cell(
      at,
      'is not a number; write a number, or leave the cell empty if it is not known yet',
    );
  return null;
}

function checkColumns(study: Tabled, { header }: CsvTable, faults: Faults): void {
  for (const [at, column] of namedColumns(study)) {
    if (header.includes(column)) continue;
    const guess = nearest(column, header);
    faults.add(
      `columns.${at}: there is no column "${column}"${guess ? `; did you mean "${guess}"?` : `; the columns are ${header.join(', ')}`}`,
    );
  }
}

function namedColumns(study: Tabled): (readonly [at: string, column: string])[] {
  const { variant_id, config, indicators } = study.columns;
  const parts = (at: string, { value, stderr, n }: NumberColumns) =>
    [value, stderr, n].flatMap((column) => (column === undefined ? [] : [[at, column] as const]));
  return [
    ['variant_id', variant_id],
    ...Object.entries(config).map(([field, column]) => [`config.${field}`, column] as const),
    ...Object.entries(indicators).flatMap(([name, entry]) =>
      parts(`indicators.${name}`, typeof entry === 'string' ? { value: entry } : entry),
    ),
    ...outcomeColumns(study).flatMap((outcome) => parts(`outcomes.${outcome.task}`, outcome)),
  ];
}

function checkIds(columns: Columns, { rows }: CsvTable, faults: Faults): void {
  if (rows.length < 2)
    faults.add(`the table has ${rows.length} rows, expected at least 2 variants`);
  const lines = new Map<string, number>();
  for (const { line, cells } of rows) {
    const id = cells[columns.variant_id] ?? '';
    const first = lines.get(id);
    if (id === '') faults.add(`line ${line}, column "${columns.variant_id}": the id is missing`);
    else if (first !== undefined)
      faults.add(`line ${line}: variant "${id}" is in line ${first} too; ids must be unique`);
    else if (!variantId.safeParse(id).success)
      faults.add(
        `line ${line}, column "${columns.variant_id}": ${JSON.stringify(id)} cannot be an id; expected at most 128 characters, without control characters`,
      );
    lines.set(id, first ?? line);
  }
}
