/** Checkpoints at s3:// addresses: their identity, and a copy on this machine for jobs. */
import { mkdir, rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NotFoundError, SpecError } from '../base/errors';
import { fingerprint } from '../base/fingerprint';
import type { ObjectStore, StoredObject } from '../dataset/store';

/** The objects under an address, as a store whose keys are relative to it. */
export type OpenAddress = (uri: string) => ObjectStore;

export class RemoteCheckpoints {
  constructor(
    private readonly open: OpenAddress,
    /** Folder of the copies on this machine. */
    private readonly cacheDir: string,
  ) {}

  /**
   * Digest of names, sizes and entity tags. Throws SpecError if there are no objects under the
   * address.
   */
  async identity(uri: string): Promise<string> {
    const objects = await this.objects(uri);
    if (!objects.length) throw new SpecError(`there is no object under "${uri}".`);
    return `etags:${digestOf(objects)}`;
  }

  /** The file:// address of a copy, made once. Throws NotFoundError if there are no objects. */
  async fetch(uri: string): Promise<string> {
    const objects = await this.objects(uri);
    if (!objects.length) throw new NotFoundError(`There is no object under "${uri}".`);
    const folder = path.join(this.cacheDir, 'registered', digestOf(objects).slice(0, 32));
    if (!existsSync(folder)) await this.download(uri, objects, folder);
    return pathToFileURL(folder).href;
  }

  private async download(
    uri: string,
    objects: readonly StoredObject[],
    folder: string,
  ): Promise<void> {
    const store = this.open(uri);
    const part = `${folder}.part`;
    for (const { key } of objects) {
      const file = path.join(part, ...key.split('/'));
      if (!file.startsWith(`${part}${path.sep}`))
        throw new SpecError(`"${uri}" has an object whose name leads out of its folder: "${key}".`);
      await mkdir(path.dirname(file), { recursive: true });
      await store.getFile(key, file);
    }
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // otherwise another process has made the copy
    });
  }

  private async objects(uri: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    for await (const object of this.open(uri).list('')) found.push(object);
    return found.filter(({ key }) => key !== '' && !key.endsWith('/'));
  }
}

function digestOf(objects: readonly StoredObject[]): string {
  const named = objects.map(({ key, bytes, etag }) => [key, bytes, etag] as const);
  return fingerprint([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}
