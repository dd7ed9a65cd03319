/** Collects the errors of a table, to report all of them at once. */
import { SchemaError } from '../base/errors';
import type { CsvRow } from './csv';

const MOST_NAMED = 20;

export interface Place {
  readonly row: CsvRow;
  readonly column: string;
  readonly variant: string;
}

export class Faults {
  private readonly lines: string[] = [];

  constructor(private readonly table: string) {}

  add(line: string): void {
    this.lines.push(line);
  }

  cell({ row, column, variant }: Place, why: string): void {
    this.add(
      `line ${row.line} (variant "${variant}"), column "${column}": "${row.cells[column] ?? ''}" ${why}`,
    );
  }

  /** Throws SchemaError if there are errors. */
  throwAny(): void {
    if (!this.lines.length) return;
    const more = this.lines.length - MOST_NAMED;
    const named = this.lines.slice(0, MOST_NAMED).map((line) => `  ${line}`);
    throw new SchemaError(
      [
        `"${this.table}" cannot be imported:`,
        ...named,
        ...(more > 0 ? [`  and ${more} more`] : []),
      ].join('\n'),
    );
  }
}
