/** Reads a file that a job wrote to its work folder. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { ClusterUnavailableError, SchemaError } from '../../base/errors';

/** Error codes for a missing file. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** Null if the file does not exist. Throws SchemaError for a name outside the folder. */
export async function readJobFile(
  folder: string,
  name: string,
  { last = Infinity }: { readonly last?: number } = {},
): Promise<Uint8Array | null> {
  const file = path.resolve(folder, name);
  if (!file.startsWith(path.resolve(folder) + path.sep))
    throw new SchemaError(`"${name}" is outside the work folder of its job, ${folder}.`);
  try {
    return await readEnd(file, last);
  } catch (cause) {
    if (ABSENT.has((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw new ClusterUnavailableError(`Cannot read ${file}: ${String(cause)}`, { cause });
  }
}

async function readEnd(file: string, last: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    if (last === Infinity) return await handle.readFile();
    const { size } = await handle.stat();
    const length = Math.min(size, last);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
