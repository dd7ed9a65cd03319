/** Backups of a dataset that is written meanwhile, and what is made of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backUp } from '../../src/dataset/backup/back-up';
import { restore } from '../../src/dataset/backup/restore';
import { fsck } from '../../src/dataset/fsck/fsck';
import { openDataset } from '../../src/dataset/log';
import { entryKey } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import { DamageError, SpecError } from '../../src/base/errors';
import { commitOf, keysOf, seedsIn, StoreProxy } from '../support/dataset';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-backup-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const ARTIFACT = 'artifacts/a1/files/model.safetensors';

async function filled(count: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  await fill(store, 1, count);
  await store.put('studies/tiny@1/spec.json', Buffer.from('{"the":"study"}'));
  await store.put(ARTIFACT, Buffer.from('weights'));
  await store.put('artifacts/a1/manifest.json', Buffer.from('{}'));
  return store;
}

async function fill(store: MemoryStore, from: number, to: number): Promise<void> {
  const dataset = openDataset(store);
  for (let seed = from; seed <= to; seed++) await dataset.commit(commitOf(`run:${seed}`, { seed }));
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

it('a restored dataset is the same, checkpoints of the log and kept weights included', async () => {
  const store = await filled(102);
  expect(await backUp(store, folder)).toMatchObject({ version: 103 });
  const other = new MemoryStore();
  await restore(folder, other);
  expect(await keysOf(other)).toEqual(await keysOf(store));
  expect(await seedsIn(other)).toEqual(seeds(102));
  expect(await other.get(ARTIFACT)).toEqual(await store.get(ARTIFACT));
  expect((await fsck(other)).problems).toEqual([]);
  // The restored dataset goes on.
  await fill(other, 103, 104);
  expect(await seedsIn(other)).toEqual(seeds(104));
});

it('a second backup to the same folder copies what is new', async () => {
  const store = await filled(20);
  const first = await backUp(store, folder);
  await fill(store, 21, 22);
  const second = await backUp(store, folder);
  // Two entries, two data files, and the books, which may have changed.
  expect(second).toEqual({ version: 22, objects: first.objects + 4, copied: 5 });
  const other = new MemoryStore();
  await restore(folder, other);
  expect(await seedsIn(other)).toEqual(seeds(22));
});

it('a backup while others write has whole versions only', async () => {
  const inner = await filled(30);
  let written = 30;
  class Busy extends StoreProxy {
    override async getFile(key: string, file: string): Promise<boolean> {
      if (written < 60) await fill(inner, ++written, written);
      return super.getFile(key, file);
    }
  }
  const { version } = await backUp(new Busy(inner), folder);
  const other = new MemoryStore();
  await restore(folder, other);
  expect(await seedsIn(other)).toEqual(seeds(version));
  expect((await fsck(other)).problems).toEqual([]);
});

it('an interrupted backup, and an interrupted restore, are continued', async () => {
  const store = await filled(20);
  class Failing extends StoreProxy {
    left = 12;

    override async getFile(key: string, file: string): Promise<boolean> {
      if (this.left-- <= 0) throw new Error('the connection was lost');
      return super.getFile(key, file);
    }

    override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
      if (this.left-- <= 0) throw new Error('the connection was lost');
      return super.putIfAbsent(key, body);
    }
  }
  await expect(backUp(new Failing(store), folder)).rejects.toThrow('connection');
  await expect(restore(folder, new MemoryStore())).rejects.toThrow(/was interrupted. Continue it/);
  await backUp(store, folder);
  const other = new MemoryStore();
  await expect(restore(folder, new Failing(other))).rejects.toThrow('connection');
  expect(await seedsIn(other)).toEqual(seeds(12));
  await restore(folder, other);
  expect(await seedsIn(other)).toEqual(seeds(20));
});

it('a store with other commits, a damaged backup and another folder are refused, untouched', async () => {
  const [store, other] = [await filled(5), await filled(6)];
  await backUp(store, folder);
  const before = await keysOf(other);
  await expect(restore(folder, other)).rejects.toThrow(SpecError);
  await expect(backUp(other, folder)).rejects.toThrow(/has a backup of memory:.* at version 5/);
  expect(await keysOf(other)).toEqual(before);
  writeFileSync(path.join(folder, ...entryKey(3).split('/')), '{}');
  const empty = new MemoryStore();
  await expect(restore(folder, empty)).rejects.toThrow(DamageError);
  expect(await keysOf(empty)).toEqual([]);
  const strange = mkdtempSync(path.join(tmpdir(), 'foretune-backup-'));
  writeFileSync(path.join(strange, 'notes.txt'), '');
  await expect(backUp(store, strange)).rejects.toThrow(/is not a backup of foretune/);
  await expect(restore(strange, empty)).rejects.toThrow(/is not a backup of foretune/);
  rmSync(strange, { recursive: true });
});
