import { openDataset } from '../../src/dataset/log';
import { checkpointKey, entryKey } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import { NotFoundError, SchemaError, TableConflictError } from '../../src/base/errors';
import { NOW, reseal, commitOf, curvePoint, fitRow, keysOf, outcome } from '../support/dataset';

const seeds = (rows: readonly { readonly seed: number }[]) => rows.map(({ seed }) => seed);

async function filled(commits: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  const dataset = openDataset(store);
  for (let i = 1; i <= commits; i++) await dataset.commit(commitOf(`run:${i}`, { seed: i }));
  return store;
}

describe('a commit', () => {
  it('records rows of several tables as one version, for every reader', async () => {
    const store = new MemoryStore();
    const rows = { outcomes: [outcome(), outcome({ seed: 1, n: null })], curves: [curvePoint()] };
    const result = await openDataset(store).commit({ key: 'run:A', rows });
    const reader = openDataset(store);
    expect(result).toEqual({ version: 1, outcome: 'committed' });
    expect(await reader.version()).toBe(1);
    expect(await reader.read('outcomes')).toEqual(rows.outcomes);
    expect(await reader.read('curves')).toEqual(rows.curves);
    expect(await reader.read('fits')).toEqual([]);
    expect(await reader.hasKey('run:A')).toBe(true);
    expect(await reader.hasKey('run:B')).toBe(false);
  });

  it('says in its entry what was added, by whom and when', async () => {
    const store = new MemoryStore();
    const dataset = openDataset(store, { writer: 'me', now: () => NOW.getTime() });
    await dataset.commit(commitOf('run:A'));
    const [entry] = await dataset.entries();
    expect(entry).toMatchObject({ format: 3, version: 1, writer: 'me', previous: null });
    expect(entry).toMatchObject({ keys: [{ key: 'run:A' }], removed: [] });
    expect(entry?.time).toBe(NOW.toISOString());
    expect(entry?.added).toMatchObject([
      { table: 'outcomes', rows: 1, stats: { study: { nulls: 0, min: 'tiny@1', max: 'tiny@1' } } },
    ]);
    expect(await keysOf(store, 'data/')).toEqual(entry?.added.map(({ key }) => key));
  });

  it('of the same key and rows is a no-op for any writer', async () => {
    const store = await filled(1);
    const again = commitOf('run:1', { seed: 1 });
    const expected = { version: 1, outcome: 'already' };
    expect(await openDataset(store).commit(again)).toEqual(expected);
    const dataset = openDataset(store);
    await dataset.commit(commitOf('run:2', { seed: 2 }));
    expect(await dataset.commit(again)).toEqual(expected);
    expect(seeds(await dataset.read('outcomes'))).toEqual([1, 2]);
  });

  it('of another attempt, recorded later, is the same commit; the first rows are kept', async () => {
    const dataset = openDataset(new MemoryStore());
    await dataset.commit(commitOf('run:A'));
    const later = commitOf('run:A', { attempt: 2, recorded_at: new Date() });
    expect(await dataset.commit(later)).toEqual({ version: 1, outcome: 'already' });
    expect(await dataset.read('outcomes')).toEqual([outcome()]);
  });

  it('of a fit of the same numbers, read at a later version, is the same commit', async () => {
    const dataset = openDataset(new MemoryStore());
    const fit = (read_version: number) => ({
      key: 'fit',
      rows: { fits: [fitRow({ read_version })] },
    });
    await dataset.commit(fit(7));
    expect(await dataset.commit(fit(8))).toEqual({ version: 1, outcome: 'already' });
    expect(await dataset.read('fits')).toEqual([fitRow({ read_version: 7 })]);
    const other = { key: 'fit', rows: { fits: [fitRow({ accuracy: 0.5 })] } };
    await expect(dataset.commit(other)).rejects.toThrow(TableConflictError);
  });

  it.each([
    ['another value', { outcomes: [outcome({ value: 0.25 })] }],
    ['a null for a value', { outcomes: [outcome({ n: null })] }],
    ['one row more', { outcomes: [outcome(), outcome()] }],
    ['another table too', { outcomes: [outcome()], curves: [curvePoint()] }],
    ['no rows', {}],
  ])('of a known key with %s is a conflict', async (_, rows) => {
    const dataset = openDataset(new MemoryStore());
    await dataset.commit(commitOf('run:A'));
    const commit = dataset.commit({ key: 'run:A', rows });
    await expect(commit).rejects.toThrow(TableConflictError);
    await expect(commit).rejects.toThrow(/"run:A" was recorded with other rows in version 1/);
    expect(await dataset.read('outcomes')).toEqual([outcome()]);
  });

  it.each([
    ['of an empty key', { key: '', rows: {} }, /needs a key/],
    ['of an unknown table', { key: 'k', rows: { scores: [outcome()] } }, /no table "scores"/],
    ['of a bad row', commitOf('k', { value: NaN }), /"outcomes", column "value", row 0: got NaN/],
    [
      'of one bad table among good ones',
      { key: 'k', rows: { curves: [curvePoint()], outcomes: [{ ...outcome(), seed: 0.5 }] } },
      /"outcomes", column "seed", row 0: got 0.5/,
    ],
  ])('%s is refused before anything is written', async (_, commit, expected) => {
    const store = new MemoryStore();
    const made = openDataset(store).commit(commit);
    await expect(made).rejects.toThrow(SchemaError);
    await expect(made).rejects.toThrow(expected);
    expect(await keysOf(store)).toEqual([]);
  });

  it('without rows records its key', async () => {
    const dataset = openDataset(new MemoryStore());
    expect(await dataset.commit({ key: 'empty', rows: { outcomes: [] } })).toEqual({
      version: 1,
      outcome: 'committed',
    });
    expect(await dataset.hasKey('empty')).toBe(true);
    expect((await dataset.snapshot()).files('outcomes')).toEqual([]);
  });

  it('is later than the one before, also when the clock runs backwards', async () => {
    let now = 0;
    const dataset = openDataset(new MemoryStore(), { now: () => now });
    for (now of [3000, 2000, 1000]) await dataset.commit(commitOf(`at ${now}`));
    const times = (await dataset.entries()).map(({ time }) => Date.parse(time));
    expect(times).toEqual([3000, 3001, 3002]);
  });
});

describe('reading', () => {
  it('shows the dataset as of any version, and of the latest by default', async () => {
    const dataset = openDataset(await filled(3));
    expect(await dataset.read('outcomes', { version: 0 })).toEqual([]);
    expect(seeds(await dataset.read('outcomes', { version: 2 }))).toEqual([1, 2]);
    expect(seeds(await dataset.read('outcomes'))).toEqual([1, 2, 3]);
    expect((await dataset.snapshot(1)).files('outcomes')).toHaveLength(1);
  });

  it.each([4, -1, 1.5])('of version %s, which does not exist, is refused', async (version) => {
    const dataset = openDataset(await filled(3));
    await expect(dataset.read('outcomes', { version })).rejects.toThrow(NotFoundError);
    await expect(dataset.snapshot(version)).rejects.toThrow(/versions 0 to 3/);
  });

  it('of one study leaves out the others, also within one file', async () => {
    const dataset = openDataset(new MemoryStore());
    const own = [outcome({ study: 'b@1' }), outcome({ study: 'b@1', seed: 1 })];
    const others = [outcome({ study: 'a@1' }), outcome({ study: 'b@10' }), outcome({ study: 'c' })];
    await dataset.commit({ key: 'mixed', rows: { outcomes: [...own.slice(0, 1), ...others] } });
    await dataset.commit({ key: 'own', rows: { outcomes: own.slice(1) } });
    await dataset.commit({ key: 'other', rows: { outcomes: [outcome({ study: 'zz' })] } });
    expect(await dataset.read('outcomes', { study: 'b@1' })).toEqual(own);
    expect(await dataset.read('outcomes', { study: 'b' })).toEqual([]);
  });

  it('gives one Arrow table of all files, or of one study', async () => {
    const dataset = openDataset(await filled(2));
    await dataset.commit(commitOf('other', { study: 'other', seed: 3, n: null }));
    const all = await dataset.readArrow('outcomes');
    const own = await dataset.readArrow('outcomes', { study: 'tiny@1' });
    expect(Array.from(all.getChild('seed') ?? [])).toEqual([1, 2, 3]);
    expect(Array.from(all.getChild('n') ?? [])).toEqual([400, 400, null]);
    expect(Array.from(own.getChild('study') ?? [])).toEqual(['tiny@1', 'tiny@1']);
    expect((await dataset.readArrow('fits')).numRows).toBe(0);
  });

  it('sees what another process committed since', async () => {
    const store = await filled(1);
    const reader = openDataset(store);
    expect(await reader.version()).toBe(1);
    await openDataset(store).commit(commitOf('run:2', { seed: 2 }));
    expect(seeds(await reader.read('outcomes'))).toEqual([1, 2]);
  });

  it('leaves out files that a later entry removed, and keeps them in the past', async () => {
    const store = await filled(2);
    const [first] = await openDataset(store).entries();
    await openDataset(store).commit(commitOf('run:3', { seed: 3 }));
    await reseal(store, entryKey(3), { removed: first?.added.map(({ key }) => key) });
    const dataset = openDataset(store);
    expect(seeds(await dataset.read('outcomes'))).toEqual([2, 3]);
    expect(seeds(await dataset.read('outcomes', { version: 2 }))).toEqual([1, 2]);
  });
});

/** Versions 100 and 200 join data files and record nothing. */
describe('a long log', () => {
  let store: MemoryStore;
  const hundreds = Array.from({ length: 205 }, (_, i) => i + 1);
  beforeAll(async () => (store = await filled(205)));

  it('has a checkpoint at every 100 versions', async () => {
    const checkpoints = (await keysOf(store, '_log/')).filter((key) => /checkpoint/.test(key));
    expect(checkpoints).toEqual([checkpointKey(100), checkpointKey(200)]);
  });

  it('is read from its newest checkpoint, and the past from an older one', async () => {
    // Only a reader that starts at a checkpoint does not notice that these are gone.
    for (const version of [1, 2, 150]) await store.delete(entryKey(version));
    const dataset = openDataset(store);
    expect(seeds(await dataset.read('outcomes'))).toEqual(hundreds);
    expect(seeds(await dataset.read('outcomes', { version: 103 }))).toEqual(hundreds.slice(0, 102));
    expect(await dataset.commit(commitOf('run:7', { seed: 7 }))).toEqual({
      version: 7,
      outcome: 'already',
    });
  });

  it.each([[[100]], [[200]], [[100, 200]]])(
    'reads the same when the checkpoints %j were deleted',
    async (versions) => {
      const whole = await filled(205);
      for (const version of versions) await whole.delete(checkpointKey(version));
      const dataset = openDataset(whole);
      expect(seeds(await dataset.read('outcomes'))).toEqual(hundreds);
      expect(await dataset.read('outcomes', { version: 150 })).toHaveLength(149);
      const next = await dataset.commit(commitOf('run:206', { seed: 206 }));
      expect(next).toEqual({ version: 208, outcome: 'committed' });
    },
  );
});
