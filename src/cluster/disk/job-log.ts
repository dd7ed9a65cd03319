/** The log of a job in its folder. */
import { open } from 'node:fs/promises';
import type { LogChunk } from '../cluster';

const LOG_CHUNK_BYTES = 1 << 20;

export async function readLog(file: string, cursor: number): Promise<LogChunk> {
  const handle = await open(file, 'r').catch(() => null);
  if (!handle) return { text: '', cursor };
  try {
    const buffer = Buffer.alloc(LOG_CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, LOG_CHUNK_BYTES, cursor);
    const whole = wholeCharacters(buffer.subarray(0, bytesRead));
    return { text: whole.toString('utf8'), cursor: cursor + whole.length };
  } finally {
    await handle.close();
  }
}

/** Without the last character, if the end of the file cuts it in two. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
