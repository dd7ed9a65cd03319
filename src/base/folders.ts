/**
 * Folders with all their parents. Node's own `recursive` loops for ever where a file system says of a
 * folder to be made that it is not there, as /proc does, and homes that are mounted on demand.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Throws what the system says of the first one that cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  if (folder !== path.dirname(folder)) await makeFolder(path.dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!(await isFolder(folder))) throw error;
  }
}

/** `mode` is that of each folder that is made. */
export function makeFolderSync(folder: string, mode?: number): void {
  if (isFolderSync(folder)) return;
  if (folder !== path.dirname(folder)) makeFolderSync(path.dirname(folder), mode);
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    if (!isFolderSync(folder)) throw error;
  }
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isFolderSync(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}
