/** Reads the dataset of record: tables, their rows, the commits. */
import { nearest } from '../base/explain';
import { NotFoundError } from '../base/errors';
import type { Dataset } from '../dataset/log';
import type { Entry } from '../dataset/log-format';
import { TABLE_NAMES, type Row, type TableName } from '../dataset/tables';
import type { OnRecord } from './on-record';
import { studyAndVariant } from './variant-name';

export interface TableSize {
  readonly table: TableName;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

export async function tableSizes(dataset: Dataset, version: number): Promise<TableSize[]> {
  const snapshot = await dataset.snapshot(version);
  return TABLE_NAMES.map((table) => {
    const files = snapshot.files(table);
    const sum = (unit: 'rows' | 'bytes') => files.reduce((total, file) => total + file[unit], 0);
    return { table, rows: sum('rows'), files: files.length, bytes: sum('bytes') };
  });
}

/** The commits, oldest first; `limit`: only this many of the newest. */
export async function newestEntries(dataset: Dataset, limit?: number): Promise<Entry[]> {
  const latest = await dataset.version();
  return dataset.entries(limit === undefined ? 1 : Math.max(1, latest - limit + 1));
}

/** `named`: a study or one of its variants, such as `zeng2025/7`. */
export async function readRows<T extends TableName>(
  { dataset, studies }: Pick<OnRecord, 'dataset' | 'studies'>,
  table: T,
  version: number,
  named: string | undefined,
): Promise<Row<T>[]> {
  if (named === undefined) return dataset.read(table, { version });
  const { study: name, variant } = studyAndVariant(named);
  const study = await studies.resolve(name);
  const rows = await dataset.read(table, { study, version });
  if (variant === undefined) return rows;
  const found = rows.filter((row) => row.variant_id === variant);
  if (!found.length) await refuseUnknown(dataset, { study, version }, variant);
  return found;
}

/** A variant without rows in this table may still exist. */
async function refuseUnknown(
  dataset: Dataset,
  at: { readonly study: string; readonly version: number },
  variant: string,
): Promise<void> {
  const known = (await dataset.read('variants', at)).map((row) => row.variant_id);
  if (known.includes(variant)) return;
  const guess = nearest(variant, known);
  throw new NotFoundError(
    `Study "${at.study}" has no variant "${variant}".${guess ? ` Did you mean "${guess}"?` : ''} To list its variants: npx foretune data show variants --study ${at.study}`,
  );
}

/** Throws NotFoundError with the nearest name. */
export function tableNamed(name: string): TableName {
  const table = TABLE_NAMES.find((one) => one === name);
  if (table) return table;
  const guess = nearest(name, TABLE_NAMES);
  throw new NotFoundError(
    `There is no table "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Tables: ${TABLE_NAMES.join(', ')}.`,
  );
}
