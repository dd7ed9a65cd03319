/**
 * Weights on a disk that this machine shares with jobs, so that their addresses are local paths.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lock } from 'proper-lockfile';
import { StoreError } from '../base/errors';
import { makeFolder } from '../base/folders';
import { describeFiles, pathIn, type Manifest, type ManifestFile } from './manifest';
import type { WeightFiles } from './weight-files';

/** The age at which a lock is stale, because its holder died. */
const STALE_MS = 30_000;
const WAIT = { retries: { forever: true, minTimeout: 200, maxTimeout: 2000 } };
/** Error codes of a rename to an existing folder. */
const IS_THERE = new Set(['ENOTEMPTY', 'EEXIST']);

export class SharedFolder implements WeightFiles {
  /** `root`: the folder that jobs share. */
  constructor(private readonly root: string) {}

  /** Synchronous, without a promise for each address: plans ask about tens of thousands. */
  missing(uris: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(uris.filter((uri) => !existsSync(fileURLToPath(uri)))));
  }

  describe(uri: string): Promise<Manifest> {
    return describeFiles(fileURLToPath(uri));
  }

  withFile<T>(
    uri: string,
    { kind, name }: { readonly kind: Manifest['kind']; readonly name: string },
    use: (file: string) => Promise<T>,
  ): Promise<T> {
    return use(pathIn(fileURLToPath(uri), kind, name));
  }

  /** Uses hard links, since weights are written once; across file systems nothing is shared. */
  async share(uri: string, id: string, { kind, files }: Manifest): Promise<void> {
    const folder = this.folder(id);
    const making = `${folder}.${randomUUID()}.new`;
    const place = fileURLToPath(uri);
    try {
      if (existsSync(folder)) return;
      for (const { name } of files) {
        await makeFolder(path.dirname(path.join(making, name)));
        await link(pathIn(place, kind, name), path.join(making, name));
      }
      await rename(making, folder);
    } catch {
      await rm(making, { recursive: true, force: true });
    }
  }

  async stage(
    id: string,
    { kind, files }: Manifest,
    fetchFile: (file: ManifestFile, to: string) => Promise<void>,
  ): Promise<string> {
    const folder = this.folder(id);
    if (!existsSync(folder))
      await fetchOnce(folder, async (partial) => {
        for (const file of files) {
          const to = path.join(partial, file.name);
          await makeFolder(path.dirname(to));
          await fetchFile(file, to);
        }
      });
    const [only] = files;
    const place = kind === 'file' && only ? path.join(folder, only.name) : folder;
    return pathToFileURL(place).href;
  }

  private folder(id: string): string {
    return path.join(this.root, 'artifacts', id);
  }
}

/**
 * Makes a folder whose files `fetch` writes to another one first. One call at a time, of all
 * processes; the files that a killed one fetched are kept.
 */
export async function fetchOnce(
  folder: string,
  fetch: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${folder}.partial`;
  await makeFolder(path.dirname(folder));
  let lost: Error | undefined;
  const onCompromised = (error: Error) => void (lost = error);
  const unlock = await lock(partial, { realpath: false, stale: STALE_MS, onCompromised, ...WAIT });
  try {
    if (existsSync(folder)) return await rm(partial, { recursive: true, force: true });
    // Only with the lock: its last holder renamed or deleted this folder.
    await makeFolder(partial);
    await fetch(partial);
    if (lost) throw new StoreError(`The lock of ${partial} was lost: ${String(lost)}`, true);
    await publish(partial, folder);
  } finally {
    if (!lost) await unlock();
  }
}

/**
 * If the same weights were linked meanwhile, without the lock, those are kept and these are
 * deleted.
 */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (cause) {
    if (!IS_THERE.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    await rm(partial, { recursive: true, force: true });
  }
}
