/** Opens Arrow IPC bytes. Arrow's own reader takes garbage and cut files for empty tables. */
import { tableFromIPC, type Table, type TypeMap } from 'apache-arrow';
import { SchemaError } from '../base/errors';

const MAGIC = 'ARROW1';
const CONTINUATION = 'ffffffff';
const END_OF_STREAM = 'ffffffff00000000';

/** Reads an IPC file or stream. Throws SchemaError naming `what`. */
export function openIpc(bytes: Uint8Array, what: string): Table<TypeMap> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFile = buffer.subarray(0, 6).toString('latin1') === MAGIC;
  if (!isFile && buffer.subarray(0, 4).toString('hex') !== CONTINUATION)
    throw new SchemaError(
      `${what} is not an Arrow IPC file or stream: its ${bytes.length} bytes do not begin like one. Write it with an Arrow library (\`pyarrow.ipc.new_file\`).`,
    );
  const hasEnd = isFile
    ? buffer.subarray(-6).toString('latin1') === MAGIC
    : buffer.subarray(-8).toString('hex') === END_OF_STREAM;
  if (!hasEnd)
    throw new SchemaError(
      `${what} is an Arrow IPC ${isFile ? 'file' : 'stream'} whose end is missing (${bytes.length} bytes). Close its writer before you hand it over.`,
    );
  return parse(bytes, what);
}

function parse(bytes: Uint8Array, what: string): Table<TypeMap> {
  try {
    return tableFromIPC<TypeMap>(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = /compress/.test(reason)
      ? 'Write it without compression (pyarrow and Polars: `compression=None`, or "uncompressed").'
      : 'It is damaged, or of a type that Arrow cannot read here.';
    throw new SchemaError(`${what} cannot be read: ${reason}. ${advice}`, { cause });
  }
}
