/** The files of the dataset at one version, and which of them a reader needs. */
import type { Table, TypeMap } from 'apache-arrow';
import { arrowTable, rowsOfStudy } from './arrow';
import { isTextBefore } from './arrow-stats';
import type { LoggedFile } from './log-state';
import type { TableName } from './tables';

export class Snapshot {
  constructor(
    readonly version: number,
    private readonly all: readonly LoggedFile[],
  ) {}

  files(table: TableName): LoggedFile[] {
    return this.all.filter((file) => file.table === table);
  }
}

/** According to the statistics of the column `study`; true without them. */
export function mayHold({ stats }: LoggedFile, study: string | undefined): boolean {
  const { min, max } = stats.study ?? {};
  if (study === undefined || typeof min !== 'string' || typeof max !== 'string') return true;
  return !isTextBefore(study, min) && !isTextBefore(max, study);
}

export function ofStudy(opened: Table<TypeMap>, table: TableName, study: string): Table<TypeMap> {
  const own = rowsOfStudy(opened, table, study);
  return own.length === opened.numRows ? opened : arrowTable(own, table);
}
