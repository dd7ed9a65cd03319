/** Checkpoints at s3:// addresses: their identity, and a copy on this machine for jobs. */
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchOnce } from '../artifacts/shared-folder';
import { SpecError, StoreError } from '../base/errors';
import { fingerprint } from '../base/fingerprint';
import { makeFolder } from '../base/folders';
import type { ObjectStore, StoredObject } from '../dataset/store';

/** The objects under an address, as a store whose keys are relative to it. */
export type OpenAddress = (uri: string) => {
  readonly store: ObjectStore;
  /** Names the server in errors. */
  readonly server: string;
};

export class RemoteCheckpoints {
  /** Copies that are being made, by their folder. */
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly open: OpenAddress,
    /** Folder of the copies on this machine. */
    private readonly cacheDir: string,
  ) {}

  /**
   * Digest of names, sizes and entity tags. Throws SpecError if there are no objects under the
   * address, StoreError if they cannot be listed.
   */
  async identity(uri: string): Promise<string> {
    return identityOf(await this.objects(uri));
  }

  /**
   * The file:// address of a copy, made once. Throws SpecError if the objects are gone or are not
   * those of `identity`.
   */
  async fetch(uri: string, identity: string): Promise<string> {
    const folder = path.join(this.cacheDir, 'registered', fingerprint(identity).slice(0, 32));
    if (!existsSync(folder)) await this.fetchTo(folder, uri, identity);
    return pathToFileURL(folder).href;
  }

  private fetchTo(folder: string, uri: string, identity: string): Promise<void> {
    const known = this.fetching.get(folder);
    if (known) return known;
    const fetched = fetchOnce(folder, (partial) => this.download(uri, identity, partial));
    const ended = fetched.finally(() => this.fetching.delete(folder));
    this.fetching.set(folder, ended);
    return ended;
  }

  /** The objects are listed again at the end: they may be replaced while they are fetched. */
  private async download(uri: string, identity: string, partial: string): Promise<void> {
    const objects = await this.objects(uri);
    refuseOther(uri, identity, objects);
    try {
      for (const object of objects) await this.downloadFile(uri, object, partial);
      refuseOther(uri, identity, await this.objects(uri));
    } catch (error) {
      // What was fetched may be of other objects; after a failure of the server it is used.
      if (error instanceof SpecError) await rm(partial, { recursive: true, force: true });
      throw error;
    }
  }

  private async downloadFile(
    uri: string,
    { key, bytes }: StoredObject,
    folder: string,
  ): Promise<void> {
    const file = path.join(folder, ...key.split('/'));
    if (!file.startsWith(`${folder}${path.sep}`))
      throw new SpecError(`"${uri}" has an object whose name is outside its folder: "${key}".`);
    await makeFolder(path.dirname(file));
    const isThere = await this.open(uri).store.getFile(key, file);
    if (!isThere || (await stat(file)).size !== bytes)
      throw new SpecError(`"${key}" under "${uri}" was changed while it was fetched.`);
  }

  private async objects(uri: string): Promise<StoredObject[]> {
    const { store, server } = this.open(uri);
    const found: StoredObject[] = [];
    try {
      for await (const object of store.list('')) found.push(object);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      error.message += ` The request went to ${server}.`;
      throw error;
    }
    const files = found.filter(({ key }) => key !== '' && !key.endsWith('/'));
    if (files.length) return files;
    throw new SpecError(
      `there is no object under "${uri}" at ${server}; expected the address of a folder.`,
    );
  }
}

function refuseOther(uri: string, identity: string, objects: readonly StoredObject[]): void {
  if (identityOf(objects) === identity) return;
  throw new SpecError(
    `The objects under "${uri}" are not those that the study was planned with. Put them back, or register the new ones as another variant.`,
  );
}

function identityOf(objects: readonly StoredObject[]): string {
  const named = objects.map(({ key, bytes, etag }) => [key, bytes, etag] as const);
  return `etags:${fingerprint([...named].sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
