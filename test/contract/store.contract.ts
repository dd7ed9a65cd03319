/** What the commit protocol needs of an object store; it holds for every implementation. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ObjectStore } from '../../src/dataset/store';

export interface OpenedStore {
  /** Empty. */
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** Two whole parts and a bit. */
const FILE_BYTES = 33 * 2 ** 20;
const RACERS = 20;
const LARGE_BYTES = 6 * 2 ** 20;
/** More than one page of a listing (1000 keys). */
const MANY = 1005;
const ODD_KEYS = [
  'data/a key with spaces.arrow',
  'data/percent%20sign.arrow',
  'data/plus+and=equals&more.arrow',
  'data/hash#question?.arrow',
  "data/quote'(brackets)[square].arrow",
  'data/größe/表/🧪.arrow',
];

/** `open` is called once for each test. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as an object store`, () => {
    let opened: OpenedStore;
    beforeEach(async () => (opened = await open()));
    afterEach(() => opened.close());
    testObjects(() => opened.store);
    testConditionalWrites(() => opened.store);
    testListings(() => opened.store);
    testFiles(() => opened.store);
  });
}

function testObjects(current: () => ObjectStore): void {
  it('gives back the bytes that were put, and undefined for a key that was not', async () => {
    const store = current();
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    await store.put('folder/key', body);
    expect(bytesOf(await store.get('folder/key'))).toEqual(bytesOf(body));
    expect(await store.get('folder/other')).toBeUndefined();
    expect(await store.get('nothing/here')).toBeUndefined();
  });

  it('puts over what stood there', async () => {
    const store = current();
    await store.put('key', text('a longer first body'));
    await store.put('key', text('second'));
    expect(await read(store, 'key')).toBe('second');
  });

  it('keeps what it was given when the caller changes the buffer afterwards', async () => {
    const store = current();
    const body = text('first');
    await store.put('key', body);
    body.fill(0);
    (await store.get('key'))?.fill(1);
    expect(await read(store, 'key')).toBe('first');
  });

  it('keeps an empty body apart from no object', async () => {
    const store = current();
    await store.put('put', new Uint8Array());
    expect(await store.putIfAbsent('conditional', new Uint8Array())).toBe(true);
    expect(await read(store, 'put')).toBe('');
    expect(await read(store, 'conditional')).toBe('');
    expect(await store.putIfAbsent('put', text('more'))).toBe(false);
  });

  it('keeps a large body', async () => {
    const store = current();
    const body = randomBytes(LARGE_BYTES);
    await store.put('large', body);
    expect(Buffer.compare(bytesOf(await store.get('large')), body)).toBe(0);
  });

  it('forgets an object that was deleted, and deletes what is not there in peace', async () => {
    const store = current();
    await store.put('key', text('first'));
    await store.delete('key');
    await store.delete('key');
    expect(await store.get('key')).toBeUndefined();
    expect(await keys(store, '')).toEqual([]);
    expect(await store.putIfAbsent('key', text('second'))).toBe(true);
  });

  it.each(ODD_KEYS)('takes the key "%s" literally', async (key) => {
    const store = current();
    expect(await store.putIfAbsent(key, text(key))).toBe(true);
    expect(await store.putIfAbsent(key, text('again'))).toBe(false);
    expect(await read(store, key)).toBe(key);
    expect(await keys(store, 'data/')).toEqual([key]);
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });
}

function testConditionalWrites(current: () => ObjectStore): void {
  it('writes only if there is no object, and does not change an existing one', async () => {
    const store = current();
    expect(await store.putIfAbsent('key', text('first'))).toBe(true);
    expect(await store.putIfAbsent('key', text('second'))).toBe(false);
    expect(await store.putIfAbsent('key', text('first'))).toBe(false);
    expect(await read(store, 'key')).toBe('first');
  });

  it('lets exactly one of 20 racing writers win, and keeps what that one wrote', async () => {
    const store = current();
    for (const key of ['race/1', 'race/2', 'race/3']) {
      const won = await Promise.all(
        Array.from({ length: RACERS }, (_, i) => store.putIfAbsent(key, text(`racer ${i}`))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await read(store, key)).toBe(`racer ${won.indexOf(true)}`);
    }
  });

  it('lets racing writers of different keys all win', async () => {
    const store = current();
    const won = await Promise.all(
      Array.from({ length: RACERS }, (_, i) => store.putIfAbsent(`each/${i}`, text('body'))),
    );
    expect(won).toEqual(new Array(RACERS).fill(true));
  });
}

function testListings(current: () => ObjectStore): void {
  it('lists the keys of one folder in the order of their bytes, with their sizes', async () => {
    const store = current();
    const before = Date.now();
    for (const key of ['b', 'a', 'é', 'B', '10', '9']) await store.put(`f/${key}`, text(key));
    const objects = await all(store, 'f/');
    expect(objects.map(({ key }) => key)).toEqual(['f/10', 'f/9', 'f/B', 'f/a', 'f/b', 'f/é']);
    expect(objects.map(({ bytes }) => bytes)).toEqual([2, 1, 1, 1, 1, 2]);
    // Servers round to seconds.
    for (const { modified } of objects) expect(modified.getTime()).toBeGreaterThan(before - 2000);
  });

  it('lists only keys that start with the prefix, which may end within a name', async () => {
    const store = current();
    for (const key of ['log/00', 'log/01', 'log/01.checkpoint', 'log/1', 'logs/01'])
      await store.put(key, text(''));
    expect(await keys(store, 'log/01')).toEqual(['log/01', 'log/01.checkpoint']);
    expect(await keys(store, 'log/')).toHaveLength(4);
    expect(await keys(store, 'log/2')).toEqual([]);
    expect(await keys(store, 'absent/')).toEqual([]);
    expect((await keys(store, '')).sort()).toHaveLength(5);
  });

  it('lists from after a key, whether that key is there or not', async () => {
    const store = current();
    for (const key of ['f/1', 'f/3', 'f/5']) await store.put(key, text(''));
    expect(await keys(store, 'f/', 'f/3')).toEqual(['f/5']);
    expect(await keys(store, 'f/', 'f/2')).toEqual(['f/3', 'f/5']);
    expect(await keys(store, 'f/', 'f/5')).toEqual([]);
    expect(await keys(store, 'f/', 'e')).toEqual(['f/1', 'f/3', 'f/5']);
  });

  it('lists more keys than fit on a page, each once', async () => {
    const store = current();
    const written = Array.from({ length: MANY }, (_, i) => `f/${String(i).padStart(6, '0')}`);
    for (let first = 0; first < MANY; first += 50)
      await Promise.all(written.slice(first, first + 50).map((key) => store.put(key, text('x'))));
    expect(await keys(store, 'f/')).toEqual(written);
    expect(await keys(store, 'f/', written[2])).toEqual(written.slice(3));
  });
}

function testFiles(current: () => ObjectStore): void {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'foretune-files-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const file = (name: string) => path.join(folder, name);

  it.each([0, 1000, FILE_BYTES])('gives back a file of %d bytes', async (bytes) => {
    const store = current();
    const body = randomBytes(bytes);
    await writeFile(file('sent'), body);
    await store.putFile('folder/file', file('sent'));
    expect(await store.getFile('folder/file', file('got'))).toBe(true);
    expect(Buffer.compare(await readFile(file('got')), body)).toBe(0);
    expect((await all(store, 'folder/')).map((one) => one.bytes)).toEqual([bytes]);
  });

  it.each([1000, FILE_BYTES])(
    'overwrites an existing object, even one of the same length of %d bytes',
    async (bytes) => {
      const store = current();
      const body = randomBytes(bytes);
      await writeFile(file('sent'), body);
      await store.putFile('key', file('sent'));
      await store.put('key', randomBytes(bytes));
      await store.putFile('key', file('sent'));
      expect(await store.getFile('key', file('got'))).toBe(true);
      expect(Buffer.compare(await readFile(file('got')), body)).toBe(0);
    },
  );

  it('takes the same file from several at once', async () => {
    const store = current();
    const body = randomBytes(FILE_BYTES);
    await writeFile(file('sent'), body);
    await Promise.all([1, 2, 3].map(() => store.putFile('folder/file', file('sent'))));
    await store.putFile('folder/file', file('sent'));
    expect(await store.getFile('folder/file', file('got'))).toBe(true);
    expect(Buffer.compare(await readFile(file('got')), body)).toBe(0);
  });

  it('goes on with a file that was fetched in part, or whole', async () => {
    const store = current();
    const body = randomBytes(100_000);
    await writeFile(file('sent'), body);
    await store.putFile('key', file('sent'));
    for (const done of [1, 60_000, body.length]) {
      await writeFile(file('got'), body.subarray(0, done));
      expect(await store.getFile('key', file('got'))).toBe(true);
      expect(Buffer.compare(await readFile(file('got')), body)).toBe(0);
    }
  });

  it('fetches nothing where there is no object, and says so', async () => {
    expect(await current().getFile('absent', file('got'))).toBe(false);
    await expect(readFile(file('got'))).rejects.toThrow('ENOENT');
  });

  it('sends nothing of a file that is not there', async () => {
    const store = current();
    await expect(store.putFile('key', file('absent'))).rejects.toThrow('ENOENT');
    expect(await keys(store, '')).toEqual([]);
  });
}

async function all(store: ObjectStore, prefix: string, after?: string) {
  const objects = [];
  for await (const object of store.list(prefix, after)) objects.push(object);
  return objects;
}

async function keys(store: ObjectStore, prefix: string, after?: string): Promise<string[]> {
  return (await all(store, prefix, after)).map(({ key }) => key);
}

async function read(store: ObjectStore, key: string): Promise<string | undefined> {
  const bytes = await store.get(key);
  return bytes && bytesOf(bytes).toString('utf8');
}

function bytesOf(bytes: Uint8Array | undefined): Buffer {
  if (!bytes) throw new Error('there is no object');
  return Buffer.from(bytes);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
