import { openDataset } from '../../src/dataset/log';
import { entryKey } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { ObjectStore } from '../../src/dataset/store';
import { SchemaError } from '../../src/base/errors';
import { alter, alterJson, commitOf, dataKeyOf, reseal, seedsIn } from '../support/dataset';

describe('damage', () => {
  const damages: [string, (body: Buffer) => Uint8Array, RegExp][] = [
    ['one bit flipped', flipped, /its sha256 is/],
    ['its end cut off', (body) => body.subarray(0, -10), /it has \d+ bytes, not \d+/],
    ['nothing in it', () => Buffer.alloc(0), /it has 0 bytes/],
  ];

  it.each(damages)('a data file with %s is named and refused', async (_, change, expected) => {
    const { store, key } = await damaged();
    await alter(store, key, change);
    const read = openDataset(store).read('outcomes');
    await expect(read).rejects.toThrow(SchemaError);
    await expect(read).rejects.toThrow(key);
    await expect(read).rejects.toThrow(expected);
  });

  it('a data file that is missing is named; the other tables can be read', async () => {
    const { store, key } = await damaged();
    await store.delete(key);
    const dataset = openDataset(store);
    await expect(dataset.read('outcomes')).rejects.toThrow(`"${key}"`);
    await expect(dataset.read('outcomes')).rejects.toThrow(/it is missing/);
    expect(await dataset.read('curves')).toEqual([]);
  });

  const edits: [string, (store: ObjectStore) => Promise<void>, RegExp][] = [
    ['a gap', (store) => store.delete(entryKey(2)), /000002.json" is missing/],
    ['a gap at its beginning', (store) => store.delete(entryKey(1)), /000001.json" is missing/],
    [
      'an unknown format',
      (store) => alterJson(store, entryKey(2), { format: 4 }),
      /000002.json" is damaged: .*4 is not a format.*update foretune/s,
    ],
    [
      'an entry under another number',
      (store) => alterJson(store, entryKey(2), { version: 9 }),
      /000002.json" is damaged: it contains version 9/,
    ],
    [
      'an entry with another number in it',
      (store) => alter(store, entryKey(3), (body) => String(body).replace('"rows":1', '"rows":2')),
      /000003.json" is damaged: the sha256 of its content/,
    ],
    [
      'two entries whose contents were swapped',
      async (store) => {
        const [two, three] = await Promise.all([2, 3].map((one) => store.get(entryKey(one))));
        await store.put(entryKey(2), three ?? Buffer.of());
        await store.put(entryKey(3), two ?? Buffer.of());
      },
      /000002.json" is damaged: it contains version 3/,
    ],
    [
      'an entry that was replaced by another one',
      (store) => reseal(store, entryKey(2), { writer: 'another' }),
      /000003.json" was written after another entry of version 2/,
    ],
    ['an entry cut short', (store) => alter(store, entryKey(2), cut), /000002.json" is damaged/],
    [
      'an entry that removes what is not there',
      (store) => reseal(store, entryKey(2), { removed: ['data/x'] }),
      /removes "data\/x", which is not part/,
    ],
  ];

  it.each(edits)('a log with %s is refused, by readers and writers', async (_, edit, expected) => {
    const { store } = await damaged();
    await edit(store);
    const writing = openDataset(store).commit(commitOf('more'));
    await expect(writing).rejects.toThrow(SchemaError);
    await expect(writing).rejects.toThrow(expected);
    await expect(seedsIn(store)).rejects.toThrow(expected);
  });

  it('is not what unknown fields of an entry are: a later writer may add some', async () => {
    const { store } = await damaged();
    await reseal(store, entryKey(3), { signature: 'x', more: { of: ['it'] } });
    expect(await seedsIn(store)).toEqual([1, 2, 3]);
  });
});

function flipped(body: Buffer): Buffer {
  const middle = Math.floor(body.length / 2);
  body.writeUInt8(body.readUInt8(middle) ^ 1, middle);
  return body;
}

function cut(body: Buffer): Buffer {
  return body.subarray(0, body.length / 2);
}

/** A dataset of three commits, and the key of its first data file. */
async function damaged(): Promise<{ store: ObjectStore; key: string }> {
  const store = new MemoryStore();
  const dataset = openDataset(store);
  for (const seed of [1, 2, 3]) await dataset.commit(commitOf(`run:${seed}`, { seed }));
  return { store, key: await dataKeyOf(store) };
}
