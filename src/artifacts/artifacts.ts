/**
 * Checkpoints in the object store. Each is named by its content, so that the same weights are there once,
 * whichever study made them; the manifest is written last, so that what has none is not there.
 */
import { randomUUID } from 'node:crypto';
import { link, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lock } from 'proper-lockfile';
import { NotFoundError, SchemaError, StoreError } from '../base/errors';
import { parseJson } from '../dataset/log-format';
import { makeFolder } from '../base/folders';
import type { ObjectStore } from '../dataset/store';
import {
  ManifestSchema,
  describeFiles,
  digestOf,
  idOf,
  pathIn,
  type Manifest,
  type ManifestFile,
} from './manifest';

const ROOT = 'artifacts/';
const URI = /^(?!file:).*\/artifacts\/([0-9a-f]{32})$/;
/** Of a lock whose holder died. */
const STALE_MS = 30_000;
/** What a system says of a rename to a folder that is there. */
const STANDS = new Set(['ENOTEMPTY', 'EEXIST']);
const WAIT = { retries: { forever: true, minTimeout: 200, maxTimeout: 2000 } };

export class Artifacts {
  constructor(private readonly store: ObjectStore) {}

  /**
   * Uploads the file or folder of a file:// address, and returns its address in the store. What is there
   * already is not sent again; other addresses are returned as they are. `cacheDir` gets it by hard links
   * where it can, so that jobs that share that folder need not fetch it. Throws SchemaError for what cannot
   * be read or kept.
   */
  async keep(uri: string, cacheDir: string): Promise<string> {
    if (!uri.startsWith('file:')) return uri;
    const place = fileURLToPath(uri);
    const manifest = await describeFiles(place).catch((cause: unknown) => {
      throw new SchemaError(`The checkpoint "${uri}" cannot be kept: ${String(cause)}`, { cause });
    });
    const id = idOf(manifest);
    if (!(await this.manifest(id))) await this.upload(id, manifest, place);
    await linkInto(cacheDir, id, manifest, place);
    return `${this.store.uri}/${ROOT}${id}`;
  }

  /**
   * A file:// address of what is kept, fetched once for all jobs that share `cacheDir`; other addresses are
   * returned as they are. Throws NotFoundError where it is no longer kept.
   */
  async fetch(uri: string, cacheDir: string): Promise<string> {
    const id = idIn(uri);
    if (id === null) return uri;
    const manifest = await this.manifest(id);
    if (!manifest)
      throw new NotFoundError(
        `"${uri}" is not kept in ${this.store.uri} (any longer). Run the study again: what needs it trains it anew.`,
      );
    const folder = path.join(cacheDir, 'artifacts', id);
    if (!(await exists(folder))) await this.download(id, manifest, folder);
    const [only] = manifest.files;
    const place = manifest.kind === 'file' && only ? path.join(folder, only.name) : folder;
    return pathToFileURL(place).href;
  }

  /** Which of the addresses are those of checkpoints that are no longer kept. */
  async missing(uris: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = uris.filter((uri) => idIn(uri) !== null);
    if (!asked.length) return new Set();
    const kept = new Set<string>();
    for await (const { key } of this.store.list(ROOT)) kept.add(key);
    return new Set(asked.filter((uri) => !kept.has(manifestKey(idIn(uri) ?? ''))));
  }

  /** Removes what is kept at an address, the manifest first, and what was sent of it in vain. */
  async remove(uri: string): Promise<void> {
    const id = idIn(uri);
    if (id === null) return;
    await this.store.delete(manifestKey(id));
    for await (const { key } of this.store.list(`${ROOT}${id}/`)) await this.store.delete(key);
    await this.store.forgetUploads(`${ROOT}${id}/`);
  }

  /** Gives up uploads that were begun before a time and never ended: weights of other bytes were made since. */
  async forgetUploads(begunBefore: Date): Promise<void> {
    await this.store.forgetUploads(ROOT, begunBefore);
  }

  private async manifest(id: string): Promise<Manifest | undefined> {
    const bytes = await this.store.get(manifestKey(id));
    if (!bytes) return undefined;
    const parsed = ManifestSchema.safeParse(parseJson(bytes));
    if (parsed.success && idOf(parsed.data) === id) return parsed.data;
    throw new SchemaError(
      `"${manifestKey(id)}" in ${this.store.uri} is damaged. Delete it: the checkpoint is made and kept again.`,
    );
  }

  private async upload(id: string, manifest: Manifest, place: string): Promise<void> {
    for (const { name } of manifest.files)
      await this.store.putFile(fileKey(id, name), pathIn(place, manifest.kind, name));
    await this.store.put(manifestKey(id), new TextEncoder().encode(JSON.stringify(manifest)));
  }

  /** One process at a time; what one that was killed has fetched is kept. */
  private async download(id: string, { files }: Manifest, folder: string): Promise<void> {
    const partial = `${folder}.partial`;
    await makeFolder(partial);
    let lost: Error | undefined;
    const onCompromised = (error: Error) => void (lost = error);
    const options = { realpath: false, stale: STALE_MS, onCompromised, ...WAIT };
    const unlock = await lock(partial, options);
    try {
      if (await exists(folder)) return await rm(partial, { recursive: true, force: true });
      for (const file of files) await this.downloadFile(id, file, path.join(partial, file.name));
      if (lost) throw new StoreError(`The lock of ${partial} was lost: ${String(lost)}`, true);
      await publish(partial, folder);
    } finally {
      if (!lost) await unlock();
    }
  }

  private async downloadFile(id: string, file: ManifestFile, to: string): Promise<void> {
    await makeFolder(path.dirname(to));
    // What an earlier fetch left may be damaged itself: then the whole is fetched.
    if ((await exists(to)) && (await this.fetchFile(id, file, to)) === file.sha256) return;
    await rm(to, { force: true });
    const digest = await this.fetchFile(id, file, to);
    if (digest === file.sha256) return;
    await rm(to, { force: true });
    throw new SchemaError(
      `"${fileKey(id, file.name)}" in ${this.store.uri} has sha256 ${digest}, not ${file.sha256}: it was changed or damaged after it was kept. Delete "${manifestKey(id)}" there and resume the study: the checkpoint is made again.`,
    );
  }

  /** The digest of what was fetched. A manifest without its files is taken away, so that nobody trusts it. */
  private async fetchFile(id: string, { name }: ManifestFile, to: string): Promise<string> {
    if (await this.store.getFile(fileKey(id, name), to)) return digestOf(to);
    await this.store.delete(manifestKey(id));
    throw new NotFoundError(`"${fileKey(id, name)}" is not in ${this.store.uri} (any longer).`);
  }
}

function idIn(uri: string): string | null {
  return URI.exec(uri)?.[1] ?? null;
}

function manifestKey(id: string): string {
  return `${ROOT}${id}/manifest.json`;
}

function fileKey(id: string, name: string): string {
  return `${ROOT}${id}/files/${name}`;
}

async function exists(where: string): Promise<boolean> {
  return stat(where).then(
    () => true,
    () => false,
  );
}

/** Where the same weights were linked in meanwhile, without the lock, those stand and these go. */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (cause) {
    if (!STANDS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    await rm(partial, { recursive: true, force: true });
  }
}

/** Hard links, since weights are written once: on another file system they are fetched when needed. */
async function linkInto(
  cacheDir: string,
  id: string,
  { kind, files }: Manifest,
  place: string,
): Promise<void> {
  const folder = path.join(cacheDir, 'artifacts', id);
  const making = `${folder}.${randomUUID()}.new`;
  try {
    if (await exists(folder)) return;
    for (const { name } of files) {
      await makeFolder(path.dirname(path.join(making, name)));
      await link(pathIn(place, kind, name), path.join(making, name));
    }
    await rename(making, folder);
  } catch {
    await rm(making, { recursive: true, force: true });
  }
}
