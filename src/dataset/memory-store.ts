/** An object store in memory, for tests and for trials without a server. */
import { readFile, writeFile } from 'node:fs/promises';
import { sha256 } from '../base/fingerprint';
import type { ObjectStore, StoredObject } from './store';

interface Item {
  readonly body: Uint8Array;
  readonly modified: Date;
}

export class MemoryStore implements ObjectStore {
  readonly uri = 'memory://dataset';
  private readonly items = new Map<string, Item>();

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.items.get(key)?.body.slice());
  }

  put(key: string, body: Uint8Array): Promise<void> {
    this.items.set(key, { body: Uint8Array.from(body), modified: new Date() });
    return Promise.resolve();
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    if (this.items.has(key)) return false;
    await this.put(key, body);
    return true;
  }

  async *list(prefix: string, after = ''): AsyncGenerator<StoredObject, void> {
    const keys = [...this.items.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort(byUtf8)) {
      const item = this.items.get(key);
      if (item && byUtf8(after, key) < 0)
        yield await Promise.resolve({
          key,
          bytes: item.body.length,
          modified: item.modified,
          etag: sha256(item.body),
        });
    }
  }

  delete(key: string): Promise<void> {
    this.items.delete(key);
    return Promise.resolve();
  }

  async putFile(key: string, file: string): Promise<void> {
    await this.put(key, await readFile(file));
  }

  /** Nothing to do: uploads to memory are complete or absent. */
  forgetUploads(): Promise<void> {
    return Promise.resolve();
  }

  async getFile(key: string, file: string): Promise<boolean> {
    const body = await this.get(key);
    if (body) await writeFile(file, body);
    return body !== undefined;
  }
}

/** S3's order: by the bytes of the keys. */
function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
