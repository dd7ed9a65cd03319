/** Prints results in the requested format. */
import Table from 'cli-table3';
import type { CliContext } from '../context';
import { printable } from './printable';

/** Prints one object: `text` renders it for the text format, the other formats print it whole. */
export function printObject(context: CliContext, value: object, text: () => string): void {
  switch (context.format()) {
    case 'text':
      return context.stdout(text());
    case 'json':
      return context.stdout(JSON.stringify(value, null, 2));
    case 'jsonl':
      return context.stdout(JSON.stringify(value));
  }
}

/** Prints several objects of one shape: a table, a JSON array, or one JSON line each. */
export function printRows(
  context: CliContext,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[] = Object.keys(rows[0] ?? {}),
): void {
  switch (context.format()) {
    case 'text':
      return context.stdout(
        formatTable(
          columns,
          rows.map((row) => columns.map((c) => show(row[c]))),
        ),
      );
    case 'json':
      return context.stdout(JSON.stringify(rows, null, 2));
    case 'jsonl':
      return rows.forEach((row) => context.stdout(JSON.stringify(row)));
  }
}

/** A plain table without borders, easy to read and to process with `cut`. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  // Escapes are part of a column's width.
  table.push(...rows.map((row) => row.map(printable)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const PLAIN = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);

function show(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : value.toPrecision(6);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Such as `2 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
