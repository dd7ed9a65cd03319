/** Column statistics, with which a reader skips files that cannot contain the rows it needs. */
import type { CellValue } from './arrow-kinds';

/** Timestamps are ISO 8601; bounds are absent if all values are null or if a text bound is long. */
export interface ColumnStats {
  readonly nulls: number;
  readonly min?: string | number | boolean;
  readonly max?: string | number | boolean;
}

/** A long bound (an error, a configuration) would enlarge the log and exclude no file. */
const LONGEST_BOUND = 64;

export function columnStats(values: readonly CellValue[]): ColumnStats {
  const present = values.filter((value) => value !== null);
  const nulls = values.length - present.length;
  const [first] = present;
  if (first === undefined) return { nulls };
  let [min, max] = [first, first];
  for (const value of new Set(present)) {
    if (isBefore(value, min)) min = value;
    if (isBefore(max, value)) max = value;
  }
  return isLong(min) || isLong(max) ? { nulls } : { nulls, min: bound(min), max: bound(max) };
}

function isBefore(a: CellValue, b: CellValue): boolean {
  if (typeof a === 'string' && typeof b === 'string') return isTextBefore(a, b);
  return Number(a) < Number(b);
}

/** By code points, like other Arrow readers; JavaScript orders by UTF-16 code units. */
export function isTextBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

function isLong(value: CellValue): boolean {
  return typeof value === 'string' && value.length > LONGEST_BOUND;
}

function bound(value: Exclude<CellValue, null>): string | number | boolean {
  return value instanceof Date ? value.toISOString() : value;
}
