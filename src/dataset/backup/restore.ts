/** Copies a backup into an empty store. Called again after an interruption, it continues. */
import { DamageError, SpecError } from '../../base/errors';
import { mapParallel } from '../../base/parallel';
import { fsck } from '../fsck/fsck';
import type { ObjectStore } from '../store';
import { BackupFolder } from './folder';

export interface Restored {
  readonly version: number;
  readonly objects: number;
}

const AT_ONCE = 8;
const LOG = '_log/';

export async function restore(from: string, store: ObjectStore): Promise<Restored> {
  const folder = new BackupFolder(from);
  const backup = await folder.description();
  if (!backup) throw new SpecError(`"${folder.uri}" is not a backup: there is no backup.json.`);
  if (!backup.finished)
    throw new SpecError(
      `The backup "${folder.uri}" was interrupted. Continue it, if the dataset is still there: npx foretune backup ${folder.uri}`,
    );
  await requireWhole(folder, backup.version);
  await requireEmpty(store, folder);
  const keys: string[] = [];
  for await (const { key } of folder.list('')) keys.push(key);
  const isLog = (key: string) => key.startsWith(LOG);
  const objects = keys.filter((key) => !isLog(key));
  await mapParallel(objects, AT_ONCE, (key) => store.putFile(key, folder.file(key)));
  // The log last and in order: an interrupted restore is a shorter dataset, never a damaged one.
  for (const key of keys.filter(isLog)) await copyEntry(folder, store, key);
  return { version: backup.version, objects: keys.length };
}

async function requireWhole(folder: BackupFolder, version: number): Promise<void> {
  const { problems, head } = await fsck(folder);
  const [first] = problems;
  if (first)
    throw new DamageError(
      `The backup "${folder.uri}" is damaged. "${first.object}": ${first.problem}. Nothing was restored; use another backup.`,
    );
  if ((head?.version ?? 0) < version)
    throw new DamageError(
      `The backup "${folder.uri}" is of version ${version}, but its log ends at version ${head?.version ?? 0}. Nothing was restored; use another backup.`,
    );
}

/** Throws SpecError if the store has commits that the backup does not have. */
async function requireEmpty(store: ObjectStore, folder: BackupFolder): Promise<void> {
  for await (const { key } of store.list(LOG)) {
    const [own, kept] = [await store.get(key), await folder.get(key)];
    if (own && kept && !Buffer.compare(own, kept)) continue;
    throw new SpecError(
      `${store.uri} has a dataset that is not the one of the backup ("${key}" differs). Nothing was restored. Restore into an empty store: another FORETUNE_STATE_DIR, or another prefix in FORETUNE_DATASET.`,
    );
  }
}

async function copyEntry(folder: BackupFolder, store: ObjectStore, key: string): Promise<void> {
  const body = await folder.get(key);
  if (!body || (await store.putIfAbsent(key, body))) return;
  const there = await store.get(key);
  if (!there || Buffer.compare(there, body))
    throw new SpecError(
      `"${key}" was written to ${store.uri} by another process during the restore. Stop it, and restore into an empty store.`,
    );
}
