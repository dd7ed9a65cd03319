/**
 * Copies a dataset to a folder, while others may be writing. A second backup to the same folder
 * copies what is new. The folder then has all objects of every version that it has.
 */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { DamageError, SpecError } from '../../base/errors';
import { makeFolder } from '../../base/folders';
import { mapParallel } from '../../base/parallel';
import { fsck } from '../fsck/fsck';
import { checkpointKey, decodeEntry, entryKey, CHECKPOINT_INTERVAL } from '../log-format';
import { LogReader } from '../log-reader';
import type { ObjectStore } from '../store';
import { BackupFolder } from './folder';

export interface BackedUp {
  readonly version: number;
  readonly objects: number;
  /** Objects that an earlier backup to the folder did not have, or that may have changed. */
  readonly copied: number;
}

const AT_ONCE = 8;

export async function backUp(store: ObjectStore, to: string): Promise<BackedUp> {
  const folder = new BackupFolder(to);
  await requireSame(store, folder);
  const begun = { format: 1 as const, dataset: store.uri, time: new Date().toISOString() };
  const { version: last = 0, digest: its = null } = (await folder.description()) ?? {};
  await folder.describe({ ...begun, version: last, digest: its, finished: false });
  // Books name versions that exist, so they are copied before the log.
  const books = await copyBooks(store, folder);
  const { version, digest } = await new LogReader(store).openWhole();
  const versions = Array.from({ length: version }, (_, i) => i + 1);
  const copies = [
    await copyAll(store, folder, versions.map(entryKey)),
    await copyAll(store, folder, checkpointsUpTo(version)),
    await copyAll(store, folder, await dataFiles(folder, versions)),
    // The files of a kept checkpoint before its manifest, without which they do not count.
    await copyAll(store, folder, await keysBelow(store, 'artifacts/')),
  ].flat();
  await requireWhole(folder);
  await folder.describe({ ...begun, version, digest, finished: true });
  const objects = books + copies.filter((copy) => copy !== 'absent').length;
  return { version, objects, copied: books + copies.filter((copy) => copy === 'copied').length };
}

/** Throws SpecError if the folder has a backup of another dataset, or of one that was set back. */
async function requireSame(store: ObjectStore, folder: BackupFolder): Promise<void> {
  const backup = await folder.description();
  if (!backup?.version) return;
  const bytes = await store.get(entryKey(backup.version));
  if (bytes && decodeEntry(bytes, backup.version).digest === backup.digest) return;
  throw new SpecError(
    `"${folder.uri}" has a backup of ${backup.dataset} at version ${backup.version}, which ${store.uri} does not have. Choose an empty folder.`,
  );
}

/** The only objects that change. */
async function copyBooks(store: ObjectStore, folder: BackupFolder): Promise<number> {
  const keys = await keysBelow(store, 'studies/');
  for (const key of keys) {
    const body = await store.get(key);
    if (body) await folder.put(key, body);
  }
  return keys.length;
}

async function dataFiles(folder: BackupFolder, versions: readonly number[]): Promise<string[]> {
  const named = await mapParallel(versions, AT_ONCE, async (version) => {
    const body = await folder.get(entryKey(version));
    return body ? decodeEntry(body, version).added.map(({ key }) => key) : [];
  });
  return named.flat();
}

function checkpointsUpTo(version: number): string[] {
  const steps = Array.from({ length: Math.floor(version / CHECKPOINT_INTERVAL) }, (_, i) => i + 1);
  return steps.map((step) => checkpointKey(step * CHECKPOINT_INTERVAL));
}

async function keysBelow(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}

type Copy = 'copied' | 'there' | 'absent';

/** Copies objects that are written once. What is missing in the store is found by the check. */
function copyAll(
  store: ObjectStore,
  folder: BackupFolder,
  keys: readonly string[],
): Promise<Copy[]> {
  return mapParallel(keys, AT_ONCE, async (key) => {
    const file = folder.file(key);
    if (existsSync(file)) return 'there';
    await makeFolder(path.dirname(file));
    if (!(await store.getFile(key, `${file}.partial`))) return 'absent';
    await rename(`${file}.partial`, file);
    return 'copied';
  });
}

async function requireWhole(folder: BackupFolder): Promise<void> {
  const { problems } = await fsck(folder);
  const [first, ...others] = problems;
  if (!first) return;
  const more = others.length ? ` (and ${others.length} more)` : '';
  throw new DamageError(
    `The backup "${folder.uri}" is not whole. "${first.object}": ${first.problem}${more}. If the dataset is damaged, this names the damage: npx foretune data fsck`,
  );
}
