/**
 * Opens Arrow IPC bytes. Arrow's own reader accepts garbage and truncated files as empty tables.
 */
import { RecordBatchReader, tableFromIPC, type Table, type TypeMap } from 'apache-arrow';
import { SchemaError } from '../base/errors';

const MAGIC = 'ARROW1';
const CONTINUATION = 'ffffffff';
const END_OF_STREAM = 'ffffffff00000000';
/**
 * Bytes between the last block of a file and its footer: end mark and padding. Any file is larger.
 */
const LARGEST_GAP = 72;

/** Reads an IPC file or stream. Throws SchemaError that names `what`. */
export function openIpc(bytes: Uint8Array, what: string): Table<TypeMap> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFile = buffer.subarray(0, 6).toString('latin1') === MAGIC;
  if (!isFile && buffer.subarray(0, 4).toString('hex') !== CONTINUATION)
    throw new SchemaError(
      `${what} is not an Arrow IPC file or stream: its ${bytes.length} bytes do not begin with the magic of the format. Write it with an Arrow library (\`pyarrow.ipc.new_file\`).`,
    );
  const hasEnd = isFile
    ? buffer.subarray(-6).toString('latin1') === MAGIC
    : buffer.subarray(-8).toString('hex') === END_OF_STREAM;
  if (!hasEnd)
    throw new SchemaError(
      `${what} is an Arrow IPC ${isFile ? 'file' : 'stream'} whose end is missing (${bytes.length} bytes). Close the writer before the file is read.`,
    );
  const opened = parse(bytes, what);
  if (isFile ? isPreceded(buffer) : countStreams(bytes) > 1)
    throw new SchemaError(
      `${what} holds several Arrow IPC ${isFile ? 'files' : 'streams'}, one after the other, but only one can be read. Write all rows with one writer, and do not append to a file.`,
    );
  return opened;
}

/**
 * Whether other bytes precede the last file. Arrow reads the footer, at the end, and counts its
 * offsets from the beginning of all bytes; in a single file the blocks end where the footer begins.
 */
function isPreceded(buffer: Buffer): boolean {
  const reader = RecordBatchReader.from(buffer);
  reader.open();
  const { footer } = reader;
  if (!footer) return false;
  const blocks = [...footer.recordBatches(), ...footer.dictionaryBatches()];
  const ends = blocks.map((one) => one.offset + one.metaDataLength + one.bodyLength);
  const tail = MAGIC.length + 4;
  const footerLength = buffer.readInt32LE(buffer.length - tail);
  const gap = buffer.length - tail - footerLength - Math.max(schemaEnd(buffer), ...ends);
  return gap > LARGEST_GAP;
}

/** The end of the schema message, which follows the magic, padded to eight bytes. */
function schemaEnd(buffer: Buffer): number {
  const hasMark = buffer.readInt32LE(8) === -1;
  return hasMark ? 16 + buffer.readInt32LE(12) : 12 + buffer.readInt32LE(8);
}

function countStreams(bytes: Uint8Array): number {
  let count = 0;
  for (const reader of RecordBatchReader.readAll(bytes)) {
    for (const _ of reader);
    count += 1;
  }
  return count;
}

function parse(bytes: Uint8Array, what: string): Table<TypeMap> {
  try {
    return tableFromIPC<TypeMap>(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = /compress/.test(reason)
      ? 'Write it without compression (pyarrow and Polars: `compression=None`, or "uncompressed").'
      : 'It is damaged, or has a type that this version of Arrow cannot read.';
    throw new SchemaError(`${what} cannot be read: ${reason}. ${advice}`, { cause });
  }
}
