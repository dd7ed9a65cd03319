/**
 * Creates a folder and its missing parents. Node's own `recursive` loops forever where the file
 * system reports ENOENT for a folder that does not exist yet, as /proc and automounted homes do.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Throws the system's error for the first folder that cannot be created. */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  if (folder !== path.dirname(folder)) await makeFolder(path.dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    // Another process may have created the folder first.
    if (!(await isFolder(folder))) throw error;
  }
}

/** `mode` applies to each folder that is created. */
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
