/**
 * Reads the end of a file that may be larger than memory, such as a log or a job's progress file.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** A few thousand lines of a log. */
const TAIL_BYTES = 256 * 1024;

/**
 * At most the last `bytes` of a file, starting no earlier than `from`; null if it cannot be read.
 */
export function readTail(file: string, { bytes = TAIL_BYTES, from = 0 } = {}): string | null {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    return readEnd(handle, bytes, from);
  } catch {
    return null;
  } finally {
    closeSync(handle);
  }
}

/** In bytes; 0 if there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readEnd(handle: number, bytes: number, from: number): string {
  const start = Math.max(from, fstatSync(handle).size - bytes);
  const buffer = Buffer.alloc(bytes);
  const end = buffer.subarray(0, readSync(handle, buffer, 0, bytes, start));
  return end.toString('utf8', start > from ? cutBytes(end) : 0);
}

/**
 * The number of leading bytes that are the rest of a UTF-8 character that the beginning cuts in
 * two.
 */
function cutBytes(bytes: Buffer): number {
  return Math.max(
    0,
    bytes.findIndex((byte) => (byte & 0xc0) !== 0x80),
  );
}
