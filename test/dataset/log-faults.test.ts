import { openDataset, type Dataset } from '../../src/dataset/log';
import { checkpointKey } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import { S3Store } from '../../src/dataset/s3-store';
import type { ObjectStore } from '../../src/dataset/store';
import { StoreError, TableConflictError } from '../../src/base/errors';
import { StoreProxy, commitOf, dataKeyOf, keysOf, outcome, seedsIn } from '../support/dataset';
import { startSeaweed, type Seaweed } from '../support/seaweed';

const LOG = /^_log\//;
const outage = () => new StoreError('no answer', true);

/** The next write of the log does `fault` in place of what it should. */
class FaultyStore extends StoreProxy {
  fault: ((write: () => Promise<boolean>) => Promise<boolean>) | undefined;

  override putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const { fault } = this;
    const write = () => super.putIfAbsent(key, body);
    if (!fault || !LOG.test(key)) return write();
    this.fault = undefined;
    return fault(write);
  }
}

class CountingStore extends StoreProxy {
  puts = 0;

  override put(key: string, body: Uint8Array): Promise<void> {
    this.puts++;
    return super.put(key, body);
  }

  override putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    this.puts++;
    return super.putIfAbsent(key, body);
  }
}

function isConflict(error: unknown): void {
  expect(error).toBeInstanceOf(TableConflictError);
}

describe('writers that race', () => {
  let seaweed: Seaweed;
  beforeAll(async () => (seaweed = await startSeaweed()));
  afterAll(() => seaweed.stop());

  const stores: [string, () => ObjectStore][] = [
    ['memory', () => new MemoryStore()],
    ['S3', () => new S3Store({ ...seaweed, prefix: 'race' })],
  ];

  it.each(stores)('on %s give versions without gaps, and all rows once', async (_, open) => {
    const store = open();
    const writers = [openDataset(store, { writer: 'a' }), openDataset(store, { writer: 'b' })];
    const commits = Array.from({ length: 20 }, (_, i) => commitOf(`run:${i}`, { seed: i }));
    const made = writers.flatMap((writer, own) =>
      commits.filter((_, i) => i % 2 === own).map((commit) => writer.commit(commit)),
    );
    const results = await Promise.all(made);
    const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
    expect(sorted(await seedsIn(store))).toEqual(commits.map((_, i) => i));
    const entries = await openDataset(store).entries();
    const versions = entries.map(({ version }) => version);
    expect(versions).toEqual(entries.map((_, i) => i + 1));
    expect([...new Set(sorted(results.map(({ version }) => version)))]).toEqual(versions);
    const keys = entries.flatMap((entry) => entry.keys.map(({ key }) => key));
    expect(keys.sort()).toEqual(commits.map(({ key }) => key).sort());
    const times = entries.map(({ time }) => time);
    expect(times).toEqual([...new Set(times)].sort());
  });

  it('with the same commit record it once', async () => {
    const store = new MemoryStore();
    const commits = Array.from({ length: 8 }, () => openDataset(store).commit(commitOf('same')));
    const results = await Promise.all(commits);
    expect(results.map(({ version }) => version)).toEqual(new Array(8).fill(1));
    expect(results.filter((result) => result.outcome === 'committed')).toHaveLength(1);
    expect(await openDataset(store).read('outcomes')).toEqual([outcome()]);
  });

  it('with one key and different rows: one is recorded, the other learns of the conflict', async () => {
    const store = new MemoryStore();
    const settled = await Promise.allSettled(
      [0.1, 0.2].map((value) => openDataset(store).commit(commitOf('same', { value }))),
    );
    const rejected = settled.filter((one) => one.status === 'rejected');
    expect(rejected.map(({ reason }) => reason instanceof TableConflictError)).toEqual([true]);
    expect(await openDataset(store).read('outcomes')).toHaveLength(1);
  });
});

describe('a commit whose answer is lost', () => {
  it('and that the store then calls a loss is found to be our own', async () => {
    const store = new FaultyStore(new MemoryStore());
    store.fault = async (write) => !(await write());
    const result = await openDataset(store).commit(commitOf('run:1', { seed: 1 }));
    expect(result).toEqual({ version: 1, outcome: 'committed' });
    expect(await seedsIn(store)).toEqual([1]);
  });

  it.each([
    ['the same process', (dataset: Dataset) => dataset],
    ['a new process', (_: Dataset, store: ObjectStore) => openDataset(store)],
  ])('and that is made again by %s is recorded once', async (_, retrier) => {
    const store = new FaultyStore(new MemoryStore());
    const dataset = openDataset(store);
    store.fault = async (write) => {
      await write();
      throw outage();
    };
    await expect(dataset.commit(commitOf('run:1', { seed: 1 }))).rejects.toThrow(StoreError);
    const again = retrier(dataset, store).commit(commitOf('run:1', { seed: 1, attempt: 2 }));
    expect(await again).toMatchObject({ version: 1 });
    expect(await dataset.commit(commitOf('run:2', { seed: 2 }))).toMatchObject({ version: 2 });
    expect(await seedsIn(store)).toEqual([1, 2]);
  });
});

describe('a commit of a key that another process recorded', () => {
  it.each([
    ['the same rows', {}],
    ['other rows', { value: 0.25 }],
  ])('uploads nothing, with %s', async (_, changes) => {
    const inner = new MemoryStore();
    const store = new CountingStore(inner);
    const dataset = openDataset(store);
    await dataset.commit(commitOf('run:1', { seed: 1 }));
    await openDataset(inner).commit(commitOf('run:2', { seed: 2 }));
    const before = { puts: store.puts, keys: await keysOf(inner) };
    for (const writer of [dataset, openDataset(store)])
      for (const seed of [1, 2])
        await writer.commit(commitOf(`run:${seed}`, { seed, ...changes })).catch(isConflict);
    expect({ puts: store.puts, keys: await keysOf(inner) }).toEqual(before);
  });
});

describe('a writer', () => {
  it('that dies between the data and the log leaves nothing that a reader sees', async () => {
    const store = new FaultyStore(new MemoryStore());
    store.fault = () => Promise.reject(outage());
    await expect(openDataset(store).commit(commitOf('run:1'))).rejects.toThrow(StoreError);
    expect(await keysOf(store, 'data/')).toHaveLength(1);
    const dataset = openDataset(store);
    expect(await dataset.version()).toBe(0);
    expect(await dataset.hasKey('run:1')).toBe(false);
    expect(await dataset.read('outcomes')).toEqual([]);
    expect(await dataset.commit(commitOf('run:1', { seed: 1 }))).toMatchObject({ version: 1 });
    expect(await seedsIn(store)).toEqual([1]);
  });

  it('that dies before its checkpoint loses nothing', async () => {
    const store = new FaultyStore(new MemoryStore());
    const dataset = openDataset(store);
    for (let i = 1; i < 100; i++) await dataset.commit(commitOf(`run:${i}`, { seed: i }));
    store.fault = async (write) => {
      const wrote = await write();
      store.fault = () => Promise.reject(outage());
      return wrote;
    };
    expect(await dataset.commit(commitOf('run:100'))).toMatchObject({ outcome: 'committed' });
    expect(await store.get(checkpointKey(100))).toBeUndefined();
    expect(await seedsIn(store)).toHaveLength(100);
  });

  it('that slept for half the grace period writes its data again', async () => {
    const store = new FaultyStore(new MemoryStore());
    let now = 0;
    const dataset = openDataset(store, { now: () => now, gcGraceMs: 1000 });
    store.fault = async () => {
      // Somebody else takes the version, and while we slept our file grew old and was collected.
      await openDataset(store).commit(commitOf('other', { seed: 2 }));
      for (const key of await keysOf(store, 'data/'))
        if (key !== (await dataKeyOf(store))) await store.delete(key);
      now = 501;
      return false;
    };
    expect(await dataset.commit(commitOf('run:1', { seed: 1 }))).toMatchObject({ version: 2 });
    expect(await seedsIn(store)).toEqual([2, 1]);
  });
});
