/** Damage of every kind to every kind of object is found and named. */
import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { fsck } from '../../src/dataset/fsck/fsck';
import type { RecordedHead } from '../../src/dataset/fsck/heads';
import { openDataset } from '../../src/dataset/log';
import { checkpointKey, entryKey } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { ObjectStore } from '../../src/dataset/store';
import { alter, alterJson, commitOf, curvePoint, keysOf, reseal } from '../support/dataset';

const VERSIONS = 104;
const CORRUPTIONS = 500;

let whole: ReadonlyMap<string, Uint8Array>;
let heads: RecordedHead[];
beforeAll(async () => {
  const store = new MemoryStore();
  const dataset = openDataset(store);
  for (let seed = 1; seed <= VERSIONS; seed++) {
    const { key, rows } = commitOf(`run:${seed}`, { seed });
    await dataset.commit({
      key,
      rows: seed % 9 ? rows : { ...rows, curves: [curvePoint({ step: seed })] },
    });
  }
  const head = await dataset.head();
  heads = head ? [{ ...head, source: 'this machine' }] : [];
  const keys = await keysOf(store);
  whole = new Map(
    await Promise.all(keys.map(async (key) => [key, await bytes(store, key)] as const)),
  );
});

it('A dataset without damage has no problems', async () => {
  const { versions, files, problems } = await fsck(await copy(), { heads });
  // One more version joined data files.
  expect(versions).toBe(VERSIONS + 1);
  expect(files).toBe([...whole.keys()].filter((key) => key.startsWith('data/')).length);
  expect(problems).toEqual([]);
});

it('An empty dataset has none either', async () => {
  const checked = await fsck(new MemoryStore());
  expect(checked).toEqual({ versions: 0, files: 0, problems: [], head: undefined });
});

it(`Each of ${CORRUPTIONS} random corruptions is found, and its object named`, async () => {
  const rng = xoroshiro128plus(7);
  const random = () => unsafeUniformIntDistribution(0, 2 ** 30 - 1, rng) / 2 ** 30;
  for (let i = 0; i < CORRUPTIONS; i++) {
    const store = await copy();
    const [kind, keys] = await corrupt(store, random);
    const found = (await fsck(store, { heads })).problems.map(({ object }) => object);
    const isNamed = keys.some((key) => found.includes(key));
    expect([i, kind, keys, isNamed]).toEqual([i, kind, keys, true]);
  }
}, 600_000);

it('A damaged checkpoint is written again, and nothing else is changed', async () => {
  const store = await copy();
  await reseal(store, checkpointKey(100), { files: [] });
  const { problems } = await fsck(store, { heads, repair: true });
  expect(problems).toMatchObject([{ object: checkpointKey(100), repaired: true }]);
  expect(await contentsOf(store)).toEqual(whole);
});

it('Statistics, a table or rows that were edited with their digests are found in the data', async () => {
  const store = await copy();
  const last = entryKey(VERSIONS + 1);
  const { added } = JSON.parse(Buffer.from(whole.get(last) ?? []).toString()) as {
    added: { rows: number; stats: Record<string, object> }[];
  };
  const [file] = added;
  await reseal(store, last, {
    added: [{ ...file, stats: { ...file?.stats, seed: { nulls: 0, min: 0, max: 1 } } }],
  });
  const { problems } = await fsck(store);
  expect(problems).toMatchObject([
    { problem: expect.stringMatching(/statistics.*: seed$/) as string },
  ]);
});

it('The heads that studies recorded show what the log itself cannot', async () => {
  const store = await copy();
  await store.delete(entryKey(VERSIONS + 1));
  expect((await fsck(store)).problems).toEqual([]);
  expect((await fsck(store, { heads })).problems).toEqual([
    {
      object: entryKey(VERSIONS + 1),
      problem: `is missing: this machine has recorded version ${VERSIONS + 1}, but the log ends at version ${VERSIONS}`,
    },
  ]);
});

type Random = () => number;
type Corruption = [kind: string, keys: readonly string[]];

async function corrupt(store: ObjectStore, random: Random): Promise<Corruption> {
  const keys = [...whole.keys()];
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const key = pick(keys);
  const folder = keys.filter((one) => one !== key && kindOf(one) === kindOf(key));
  const corruptions: (() => Promise<Corruption>)[] = [
    async () => ['flip', await each([key], () => alter(store, key, (body) => flip(body, random)))],
    async () => ['cut', await each([key], () => alter(store, key, (body) => cut(body, random)))],
    async () => ['grow', await each([key], () => alter(store, key, (body) => `${String(body)} `))],
    async () => {
      const doomed = kindOf(key) === 'checkpoint' ? entryKey(50) : key;
      return ['delete', await each([doomed], () => store.delete(doomed))];
    },
    async () => {
      const other = folder.length ? pick(folder) : entryKey(3);
      await store.put(key, whole.get(other) ?? Buffer.of());
      await store.put(other, whole.get(key) ?? Buffer.of());
      return ['swap', [key, other]];
    },
    async () => {
      const entry = pick(keys.filter((one) => kindOf(one) === 'entry'));
      const edits = [{ added: [] }, { writer: 'x' }, { keys: [] }, { removed: ['data/x'] }];
      return [
        'edit',
        await each([entry], () => alterJson(store, entry, edits[Math.floor(random() * 4)] ?? {})),
      ];
    },
    async () => {
      const lost = 1 + Math.floor(random() * 4);
      const entries = Array.from({ length: lost }, (_, i) => entryKey(VERSIONS + 1 - i));
      for (const entry of entries) await store.delete(entry);
      return ['roll back', entries];
    },
  ];
  const chosen = corruptions[Math.floor(random() * corruptions.length)];
  if (!chosen) throw new Error('no corruption was chosen');
  return chosen();
}

async function each(keys: string[], change: () => Promise<void>): Promise<string[]> {
  await change();
  return keys;
}

function kindOf(key: string): string {
  if (key.startsWith('data/')) return key.split('/').slice(0, 2).join('/');
  return key.includes('checkpoint') ? 'checkpoint' : 'entry';
}

function flip(body: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * body.length);
  body.writeUInt8(body.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
  return body;
}

function cut(body: Buffer, random: Random): Buffer {
  return body.subarray(0, Math.floor(random() * body.length));
}

async function bytes(store: ObjectStore, key: string): Promise<Uint8Array> {
  return (await store.get(key)) ?? Buffer.of();
}

async function contentsOf(store: ObjectStore): Promise<Map<string, Uint8Array>> {
  const keys = await keysOf(store);
  return new Map(
    await Promise.all(keys.map(async (key) => [key, await bytes(store, key)] as const)),
  );
}

async function copy(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, body] of whole) await store.put(key, body);
  return store;
}
