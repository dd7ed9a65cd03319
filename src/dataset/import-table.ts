/** Reads an imported study's CSV into rows. A wrong cell is named and refused, never repaired. */
import { parse } from 'csv-parse/sync';
import { SchemaError } from '../base/errors';
import { fingerprint } from '../base/fingerprint';
import { studyId } from '../domain/ids';
import type { ImportedStudy } from '../domain/schema';
import type { Row } from './tables';

export interface ImportedRows {
  readonly variants: Row<'variants'>[];
  readonly indicators: Row<'indicators'>[];
  readonly outcomes: Row<'outcomes'>[];
}

type CsvRecord = Readonly<Record<string, string>>;

export function importRows(study: ImportedStudy, csv: string, recorded_at: Date): ImportedRows {
  const records = parseCsv(study, csv);
  refuseDuplicates(study, records);
  const identity = (record: CsvRecord) => ({
    study: studyId(study),
    variant_id: cell(study, record, study.columns.variant_id),
    run_id: 'import',
    attempt: 1,
    recorded_at,
  });
  return {
    variants: records.map((r) => ({ ...identity(r), ...variantColumns(study, r) })),
    indicators: records.flatMap((r) =>
      measured(study, r, study.columns.indicators, (indicator, value) => ({
        ...identity(r),
        indicator,
        domain: null,
        value,
        stderr: null,
        n: null,
      })),
    ),
    outcomes: records.flatMap((r) =>
      measured(study, r, study.columns.outcomes, (task, value) => ({
        ...identity(r),
        task,
        dataset: task,
        sft_recipe: 'published',
        seed: 0,
        metric: 'score',
        value,
        stderr: null,
        n: null,
      })),
    ),
  };
}

function parseCsv(study: ImportedStudy, csv: string): CsvRecord[] {
  try {
    return parse(csv, { columns: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw new SchemaError(`"${study.table}" is not a CSV table with a header: ${String(cause)}`, {
      cause,
    });
  }
}

function refuseDuplicates(study: ImportedStudy, records: readonly CsvRecord[]): void {
  if (records.length < 2)
    throw new SchemaError(
      `"${study.table}" has ${records.length} rows; pairs need at least 2 variants.`,
    );
  const seen = new Set<string>();
  for (const record of records) {
    const id = cell(study, record, study.columns.variant_id);
    if (seen.has(id))
      throw new SchemaError(`"${study.table}": variant "${id}" stands twice; ids must be unique.`);
    seen.add(id);
  }
}

function variantColumns(study: ImportedStudy, record: CsvRecord) {
  const config = Object.fromEntries(
    Object.entries(study.columns.config).map(([field, column]) => [
      field,
      cell(study, record, column),
    ]),
  );
  const lr =
    config.lr === undefined ? null : number(study, record, study.columns.config.lr ?? 'lr');
  return {
    objective: config.objective ?? null,
    mixture: config.mixture ?? null,
    lr,
    train_tokens: null,
    config_json: JSON.stringify(config),
    fingerprint: fingerprint(config),
  };
}

function measured<T>(
  study: ImportedStudy,
  record: CsvRecord,
  columns: Readonly<Record<string, string>>,
  make: (name: string, value: number) => T,
): T[] {
  return Object.entries(columns).map(([name, column]) => make(name, number(study, record, column)));
}

function number(study: ImportedStudy, record: CsvRecord, column: string): number {
  const text = cell(study, record, column);
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  const id = record[study.columns.variant_id];
  throw new SchemaError(
    `"${study.table}", variant "${id}", column "${column}": "${text}" is not a finite number. Leave the variant out or measure it again.`,
  );
}

function cell(study: ImportedStudy, record: CsvRecord, column: string): string {
  const text = record[column];
  if (text !== undefined) return text;
  throw new SchemaError(
    `"${study.table}" has no column "${column}"; it has ${Object.keys(record).join(', ')}. Mend \`columns\` in the study file.`,
  );
}
