/**
 * Converts columns of any Arrow writer (dictionaries, views, 64-bit integers, other time units) to
 * the kinds of the dataset, if no information is lost.
 */
import { DataType, TimeUnit, type Data, type Vector } from 'apache-arrow';
import type { Kind } from './arrow-kinds';

/** Converts the values of a source column; values that do not fit are returned unchanged. */
export type Conversion = (column: Vector<DataType>) => readonly unknown[];

/** The conversion from a source type to `kind`; undefined if there is none. */
export function conversionTo(kind: Kind, type: DataType): Conversion | undefined {
  const source = DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
  if (DataType.isNull(source)) return (column) => new Array<null>(column.length).fill(null);
  switch (kind.name) {
    case 'utf8':
      return isText(source) ? readAll : undefined;
    case 'bool':
      return DataType.isBool(source) ? readAll : undefined;
    case 'timestamp[ms]':
      return DataType.isTimestamp(type) ? readTimes(type.unit) : undefined;
    default:
      return DataType.isInt(source) || DataType.isFloat(source) ? readNumbers : undefined;
  }
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

function readAll(column: Vector): unknown[] {
  return Array.from(column);
}

function readNumbers(column: Vector): unknown[] {
  return Array.from(column, (value: number | bigint | null) =>
    typeof value === 'bigint' && BigInt(Number(value)) === value ? Number(value) : value,
  );
}

/** Reads the raw integers, since Arrow's own reader divides them in floating point. */
function readTimes(unit: TimeUnit): Conversion {
  const readChunk = (chunk: Data<DataType>) =>
    Array.from({ length: chunk.length }, (_, i) =>
      chunk.getValid(i) ? toDate(rawCount(chunk, i), unit) : null,
    );
  return (column) => column.data.flatMap(readChunk);
}

function rawCount(chunk: Data, i: number): bigint {
  return BigInt((chunk.values as BigInt64Array)[i] ?? 0);
}

const PER_MILLISECOND = new Map([
  [TimeUnit.MICROSECOND, 1000n],
  [TimeUnit.NANOSECOND, 1_000_000n],
]);

function toDate(count: bigint, unit: TimeUnit): Date | string {
  const divisor = PER_MILLISECOND.get(unit) ?? 1n;
  const factor = unit === TimeUnit.SECOND ? 1000n : 1n;
  if (count % divisor) return `${count} ${TimeUnit[unit].toLowerCase()}s, finer than a millisecond`;
  return new Date(Number((count / divisor) * factor));
}
