/**
 * Takes columns that any Arrow writer made (dictionaries, views, 64-bit integers, other time
 * units) into the kinds of the dataset, where that loses nothing.
 */
import { DataType, TimeUnit, type Data, type Vector } from 'apache-arrow';
import type { Kind } from './arrow-kinds';

/** What a source column's values become; values that do not fit come out as they are. */
export type Conversion = (column: Vector<DataType>) => readonly unknown[];

/** How a column of another writer's type becomes one of `kind`, or undefined when it cannot. */
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

/** From the raw counts: Arrow's own reader divides them as floating point. */
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
