import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { Artifacts } from '../../src/artifacts/artifacts';
import { SharedFolder } from '../../src/artifacts/shared-folder';
import { MemoryStore } from '../../src/dataset/memory-store';
import { S3Store } from '../../src/dataset/s3-store';
import { SchemaError, StoreError } from '../../src/base/errors';
import { StoreProxy, keysOf } from '../support/dataset';
import { startSeaweed } from '../support/seaweed';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'foretune-artifacts-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A model folder, or one file of weights, as a recipe leaves it. */
function checkpoint(kind: 'folder' | 'file', weights: Buffer = randomBytes(5000)): string {
  const place = path.join(folder, 'work', 'model');
  mkdirSync(kind === 'folder' ? path.join(place, 'parts') : path.dirname(place), {
    recursive: true,
  });
  if (kind === 'file') writeFileSync(place, weights);
  else {
    writeFileSync(path.join(place, 'config.json'), '{}');
    writeFileSync(path.join(place, 'parts', '1.safetensors'), weights);
  }
  return pathToFileURL(place).href;
}

/** The digest of every file below an address. */
function contents(uri: string): Record<string, string> {
  const place = fileURLToPath(uri);
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  try {
    const names = readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    return Object.fromEntries(names.map((name) => [path.relative(place, name), digest(name)]));
  } catch {
    return { file: digest(place) };
  }
}

const at = (name: string) => path.join(folder, name);
const node = (name: string) => new SharedFolder(at(name));

describe.each(['folder', 'file'] as const)('a kept checkpoint that is a %s', (kind) => {
  it('is fetched as it was, on a machine that never had it', async () => {
    const artifacts = new Artifacts(new MemoryStore());
    const made = checkpoint(kind);
    const kept = await artifacts.keep(made, node('here'));
    expect(kept).toMatch(/^memory:.*\/artifacts\/[0-9a-f]{32}$/);
    const fetched = await artifacts.fetch(kept, node('there'));
    expect(fileURLToPath(fetched).startsWith(at('there'))).toBe(true);
    expect(contents(fetched)).toEqual(contents(made));
  });

  it('is there once, however often and by whom it is kept', async () => {
    const store = new MemoryStore();
    const made = checkpoint(kind);
    const uris = [];
    for (const name of ['one', 'two']) uris.push(await new Artifacts(store).keep(made, node(name)));
    expect(uris[0]).toBe(uris[1]);
    const before = await keysOf(store);
    await new Artifacts(store).keep(made, node('one'));
    expect(await keysOf(store)).toEqual(before);
  });

  it('is fetched once for all jobs of a machine, and not at all where it was made', async () => {
    let fetches = 0;
    class Counting extends StoreProxy {
      override getFile(key: string, file: string): Promise<boolean> {
        fetches++;
        return super.getFile(key, file);
      }
    }
    const artifacts = new Artifacts(new Counting(new MemoryStore()));
    const kept = await artifacts.keep(checkpoint(kind), node('here'));
    await artifacts.fetch(kept, node('here'));
    expect(fetches).toBe(0);
    await Promise.all(Array.from({ length: 5 }, () => artifacts.fetch(kept, node('there'))));
    expect(fetches).toBe(kind === 'folder' ? 2 : 1);
  });
});

it('an upload that fails leaves nothing that counts, and the next one completes it', async () => {
  class Failing extends StoreProxy {
    failing = true;

    override putFile(key: string, file: string): Promise<void> {
      if (this.failing && key.endsWith('1.safetensors')) throw new StoreError('no answer', true);
      return super.putFile(key, file);
    }
  }
  const store = new Failing(new MemoryStore());
  const artifacts = new Artifacts(store);
  const made = checkpoint('folder');
  await expect(artifacts.keep(made, node('here'))).rejects.toThrow('no answer');
  expect((await keysOf(store)).filter((key) => key.endsWith('manifest.json'))).toEqual([]);
  store.failing = false;
  const kept = await artifacts.keep(made, node('here'));
  expect(contents(await artifacts.fetch(kept, node('there')))).toEqual(contents(made));
});

it('a damaged file is refused, and a fetch after its repair succeeds', async () => {
  const store = new MemoryStore();
  const artifacts = new Artifacts(store);
  const made = checkpoint('file');
  const kept = await artifacts.keep(made, node('here'));
  const [key = ''] = (await keysOf(store)).filter((one) => one.includes('/files/'));
  const whole = (await store.get(key)) ?? Buffer.of();
  await store.put(
    key,
    whole.map((byte) => byte ^ 1),
  );
  await expect(artifacts.fetch(kept, node('there'))).rejects.toThrow(SchemaError);
  await store.put(key, whole);
  expect(contents(await artifacts.fetch(kept, node('there')))).toEqual(contents(made));
});

it('what an earlier fetch left damaged is fetched again', async () => {
  const artifacts = new Artifacts(new MemoryStore());
  const made = checkpoint('file');
  const kept = await artifacts.keep(made, node('here'));
  const folder = path.join(at('there'), 'artifacts', `${path.basename(kept)}.partial`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model'), randomBytes(5000));
  expect(contents(await artifacts.fetch(kept, node('there')))).toEqual(contents(made));
});

it('weights that another study keeps while they are fetched are there, and nothing is left beside them', async () => {
  const made = checkpoint('folder');
  class Racing extends StoreProxy {
    override async getFile(key: string, file: string): Promise<boolean> {
      await new Artifacts(this.inner).keep(made, node('there'));
      return super.getFile(key, file);
    }
  }
  const store = new Racing(new MemoryStore());
  const artifacts = new Artifacts(store);
  const kept = await artifacts.keep(made, node('here'));
  expect(contents(await artifacts.fetch(kept, node('there')))).toEqual(contents(made));
  expect(readdirSync(path.join(at('there'), 'artifacts'))).toEqual([path.basename(kept)]);
});

it('what lost its files is missing from then on', async () => {
  const store = new MemoryStore();
  const artifacts = new Artifacts(store);
  const made = checkpoint('file');
  const kept = await artifacts.keep(made, node('here'));
  for (const key of await keysOf(store)) if (key.includes('/files/')) await store.delete(key);
  await expect(artifacts.fetch(kept, node('there'))).rejects.toThrow('no longer');
  expect(await artifacts.missing([kept])).toEqual(new Set([kept]));
  await artifacts.keep(made, node('here'));
  expect(contents(await artifacts.fetch(kept, node('there')))).toEqual(contents(made));
});

it('what cannot be kept is refused with its address, and other addresses stay as they are', async () => {
  const artifacts = new Artifacts(new MemoryStore());
  const refuse = (uri: string, why: RegExp) =>
    expect(artifacts.keep(uri, node('here'))).rejects.toThrow(why);
  await refuse(pathToFileURL(at('absent')).href, /absent" cannot be kept: .*ENOENT/);
  mkdirSync(at('empty'));
  await refuse(pathToFileURL(at('empty')).href, /empty" cannot be kept/);
  const made = checkpoint('folder');
  symlinkSync('config.json', path.join(fileURLToPath(made), 'link'));
  await refuse(made, /"link" is a symbolic link/);
  expect(await artifacts.keep('s3://other/weights', node('here'))).toBe('s3://other/weights');
});

it('what was removed is missing, and says so when it is fetched', async () => {
  const store = new MemoryStore();
  const artifacts = new Artifacts(store);
  const kept = await artifacts.keep(checkpoint('folder'), node('here'));
  const [local, other] = ['file:///tmp/weights', 's3://elsewhere/weights'];
  expect(await artifacts.missing([kept, local, other])).toEqual(new Set());
  await artifacts.remove(kept);
  expect(await keysOf(store)).toEqual([]);
  expect(await artifacts.missing([kept, local, other])).toEqual(new Set([kept]));
  await expect(artifacts.fetch(kept, node('there'))).rejects.toThrow('no longer');
  expect(await artifacts.fetch(local, node('there'))).toBe(local);
});

it('of what was removed and of what was long given up no part stays in the store', async () => {
  const seaweed = await startSeaweed();
  try {
    const { client, bucket: Bucket } = seaweed;
    const artifacts = new Artifacts(new S3Store({ ...seaweed, prefix: 'team' }));
    const kept = await artifacts.keep(checkpoint('folder'), node('here'));
    const begin = (Key: string) => client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    for (const id of [path.basename(kept), 'other']) await begin(`team/artifacts/${id}/files/1`);
    await begin('elsewhere/1');
    const left = async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.map(({ Key }) => Key).sort();
    };
    await artifacts.remove(kept);
    expect(await left()).toEqual(['elsewhere/1', 'team/artifacts/other/files/1']);
    await artifacts.forgetUploads(new Date(Date.now() + 60_000));
    expect(await left()).toEqual(['elsewhere/1']);
  } finally {
    await seaweed.stop();
  }
});

it('a manifest that names files outside its folder is refused', async () => {
  const store = new MemoryStore();
  const artifacts = new Artifacts(store);
  const kept = await artifacts.keep(checkpoint('folder'), node('here'));
  const [key = ''] = (await keysOf(store)).filter((one) => one.endsWith('manifest.json'));
  const text = Buffer.from((await store.get(key)) ?? []).toString();
  await store.put(key, Buffer.from(text.replace('config.json', '../config.json')));
  await expect(artifacts.fetch(kept, node('there'))).rejects.toThrow('is damaged');
});
