/**
 * The five kinds of column of the dataset of record: the values that a column accepts, their layout
 * in Arrow's memory, and how they are read.
 */
import { DataType, Precision, TimeUnit, util, type Data, type Vector } from 'apache-arrow';

export type CellValue = string | number | boolean | Date | null;

export interface Kind {
  /** Name of the kind in schema fingerprints. */
  readonly name: string;
  /** The expected values, for messages. */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** Arrow's buffers for accepted values; any value may be null. */
  buffers(values: readonly CellValue[]): Buffers;
  /** The cells of a column. */
  cells(column: Vector): CellValue[];
}

interface Buffers {
  readonly data: Uint8Array | Int32Array | Float64Array | BigInt64Array;
  readonly valueOffsets?: Int32Array;
}

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const LONE_SURROGATE = /\p{Surrogate}/u;

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes the bytes, since Arrow's own reader drops a byte order mark at the start of a string. */
function texts(column: Vector): CellValue[] {
  return column.data.flatMap((chunk: Data<DataType>) => {
    const bytes = chunk.values as Uint8Array;
    const ends = chunk.valueOffsets as Int32Array;
    return Array.from({ length: chunk.length }, (_, i) =>
      chunk.getValid(i) ? DECODER.decode(bytes.subarray(ends[i], ends[i + 1])) : null,
    );
  });
}

/** Reads cell by cell with Arrow's reader. */
function each(read: (value: unknown) => CellValue): Kind['cells'] {
  return (column) => Array.from(column, (value: unknown) => (value === null ? null : read(value)));
}

const utf8: Kind = {
  name: 'utf8',
  expected: 'a string of well-formed Unicode (Utf8)',
  accepts: (value) => typeof value === 'string' && !LONE_SURROGATE.test(value),
  buffers(values) {
    const texts = values.map((value) => (value === null ? '' : (value as string)));
    const valueOffsets = new Int32Array(texts.length + 1);
    let end = 0;
    texts.forEach((text, i) => (valueOffsets[i + 1] = end += Buffer.byteLength(text)));
    return { data: new TextEncoder().encode(texts.join('')), valueOffsets };
  },
  cells: texts,
};

/**
 * Libraries write it for an infinity (numpy's `nan_to_num`), and sums of it overflow. No
 * measurement is so large.
 */
const LARGEST = Number.MAX_VALUE;

const float64: Kind = {
  name: 'float64',
  expected: 'a finite number (Float64)',
  accepts: (value) => Number.isFinite(value) && Math.abs(value as number) < LARGEST,
  buffers: (values) => ({ data: Float64Array.from(values, Number) }),
  cells: each((value) => value as number),
};

const int32: Kind = {
  name: 'int32',
  expected: `a whole number from ${INT32_MIN} to ${INT32_MAX} (Int32)`,
  accepts: (value) =>
    Number.isInteger(value) && (value as number) >= INT32_MIN && (value as number) <= INT32_MAX,
  buffers: (values) => ({ data: Int32Array.from(values, Number) }),
  cells: each((value) => value as number),
};

const timestamp: Kind = {
  name: 'timestamp[ms]',
  expected: 'a valid Date (Timestamp, milliseconds, UTC)',
  accepts: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  buffers: (values) => ({ data: BigInt64Array.from(values, (value) => BigInt(Number(value))) }),
  cells: each((value) => new Date(value as number)),
};

const bool: Kind = {
  name: 'bool',
  expected: 'true or false (Bool)',
  accepts: (value) => typeof value === 'boolean',
  buffers: (values) => ({ data: util.packBools(values.map(Boolean)) }),
  cells: each((value) => value as boolean),
};

/** The kind of a column type. The tables have no other types. */
export function kindOf(type: DataType): Kind {
  if (DataType.isUtf8(type)) return utf8;
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return float64;
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 32) return int32;
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) return timestamp;
  if (DataType.isBool(type)) return bool;
  throw new TypeError(`The tables of the dataset have no columns of type ${String(type.typeId)}.`);
}
