/** A backup: a folder with the objects of a dataset under their keys, and a description. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SchemaError, SpecError } from '../../base/errors';
import { filesBelow } from '../../base/files-below';
import { makeFolder } from '../../base/folders';
import { parseJson } from '../log-format';
import type { ObjectStore, StoredObject } from '../store';

const FILE = 'backup.json';

const BackupSchema = z.strictObject({
  format: z.literal(1),
  /** Address of the dataset that was copied. */
  dataset: z.string(),
  /** The newest version in the backup, and `digest` of its entry; 0 and null without commits. */
  version: z.number().int().nonnegative(),
  digest: z.string().nullable(),
  time: z.iso.datetime(),
  /** False while a backup is made, and after one that was interrupted. */
  finished: z.boolean(),
});
export type Backup = z.infer<typeof BackupSchema>;

/** Reads like an object store. */
export class BackupFolder implements Pick<ObjectStore, 'uri' | 'get' | 'list'> {
  readonly uri: string;

  constructor(folder: string) {
    this.uri = path.resolve(folder);
  }

  /** Throws SchemaError for a key that leads outside of the folder. */
  file(key: string): string {
    const file = path.join(this.uri, ...key.split('/'));
    if (file.startsWith(this.uri + path.sep)) return file;
    throw new SchemaError(`"${key}" is no key of a dataset: it leads outside of ${this.uri}.`);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return readFile(this.file(key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Atomic. */
  async put(key: string, body: Uint8Array): Promise<void> {
    const file = this.file(key);
    await makeFolder(path.dirname(file));
    await writeFile(`${file}.partial`, body);
    await rename(`${file}.partial`, file);
  }

  async *list(prefix: string): AsyncGenerator<StoredObject, void> {
    for (const key of filesBelow(this.uri, { links: 'refuse' })) {
      if (!key.startsWith(prefix) || key === FILE || key.endsWith('.partial')) continue;
      const { size, mtime } = await stat(this.file(key));
      yield { key, bytes: size, modified: mtime, etag: `${size}` };
    }
  }

  /** Null for an empty folder. Throws SpecError for a folder that holds something else. */
  async description(): Promise<Backup | null> {
    const bytes = existsSync(this.uri) ? await this.get(FILE) : undefined;
    if (!bytes && (!existsSync(this.uri) || !readdirSync(this.uri).length)) return null;
    const parsed = BackupSchema.safeParse(bytes && parseJson(bytes));
    if (parsed.success) return parsed.data;
    throw new SpecError(
      `"${this.uri}" is not a backup of foretune: expected an empty folder, or one with a valid ${FILE}${bytes ? ` (${z.prettifyError(parsed.error)})` : ''}.`,
    );
  }

  describe(backup: Backup): Promise<void> {
    return this.put(FILE, Buffer.from(`${JSON.stringify(backup, null, 2)}\n`));
  }
}
