/** A CSV table as text cells: header checked, rows by line. Nothing is repaired. */
import { parse } from 'csv-parse/sync';
import { SchemaError } from '../base/errors';

export interface CsvRow {
  /** Line of the file; the header is line 1. Cells with line breaks are not counted. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvTable {
  /** Name of the table in messages. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * A byte-order mark is skipped. Throws SchemaError for an invalid table or a header that has a name
 * twice.
 */
export function readCsv(name: string, text: string): CsvTable {
  const [header = [], ...lines] = parseLines(name, text);
  refuseRepeated(name, header);
  const rows = lines.map((cells, i) => ({
    line: i + 2,
    cells: Object.fromEntries(header.map((column, k) => [column, cells[k] ?? ''])),
  }));
  return { name, header, rows };
}

function parseLines(name: string, text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SchemaError(`"${name}" is not a CSV table with a header: ${reason}`, { cause });
  }
}

function refuseRepeated(name: string, header: readonly string[]): void {
  const repeated = [...new Set(header.filter((column, i) => header.indexOf(column) !== i))];
  if (!repeated.length) return;
  const places = repeated.map((column) => {
    const at = header.flatMap((one, i) => (one === column ? [i + 1] : []));
    return `"${column}" (columns ${at.join(' and ')})`;
  });
  throw new SchemaError(
    `"${name}" has a header with the same name twice: ${places.join(', ')}. Rename one of them in the file.`,
  );
}
