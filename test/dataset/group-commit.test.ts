import fc from 'fast-check';
import { openDataset, type CommitResult, type Dataset } from '../../src/dataset/log';
import { checkpointKey, entryKey } from '../../src/dataset/log-format';
import { seal } from '../../src/dataset/seal';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { ObjectStore } from '../../src/dataset/store';
import { SchemaError, StoreError, TableConflictError } from '../../src/base/errors';
import { StoreProxy, commitOf, keysOf, outcome } from '../support/dataset';

/** What a write does: as it should, fail before it, or lose its answer. */
type Fault = 'none' | 'before' | 'after';

/** Every call takes a moment, and the next writes fail as ordered. */
class FaultyStore extends StoreProxy {
  constructor(
    inner: ObjectStore,
    private readonly faults: Fault[],
  ) {
    super(inner);
  }

  override async get(key: string): Promise<Uint8Array | undefined> {
    await turn();
    return super.get(key);
  }

  override put(key: string, body: Uint8Array): Promise<void> {
    return this.write(() => super.put(key, body));
  }

  override putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    return this.write(() => super.putIfAbsent(key, body));
  }

  private async write<R>(write: () => Promise<R>): Promise<R> {
    const fault = this.faults.shift() ?? 'none';
    await turn();
    if (fault === 'before') throw new StoreError('no answer', true);
    const result = await write();
    if (fault === 'after') throw new StoreError('the answer was lost', true);
    return result;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** As an activity does: tried again until it ends. */
async function persist(dataset: Dataset, key: string, value: number): Promise<CommitResult> {
  for (;;)
    try {
      return await dataset.commit(commitOf(key, { value, run_id: key }));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
}

const commits = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 11 }).map((n) => `run:${n}`),
    value: fc.constantFrom(0.25, 0.5),
    process: fc.integer({ min: 0, max: 1 }),
    turns: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 30 },
);
const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'before', 'after'), {
  maxLength: 20,
});

describe('commits made at the same time', () => {
  it('are each recorded once or fail with their conflict, whatever the store does', async () => {
    await fc.assert(
      fc.asyncProperty(commits, faults, async (made, wrong) => {
        const inner = new MemoryStore();
        const store = new FaultyStore(inner, [...wrong]);
        const processes = [openDataset(store), openDataset(store, { gatherMs: 1 })] as const;
        const settled = await Promise.allSettled(
          made.map(async ({ key, value, process, turns }) => {
            for (let i = 0; i < turns; i++) await turn();
            return persist(processes[process === 0 ? 0 : 1], key, value);
          }),
        );

        const reader = openDataset(inner);
        const entries = await reader.entries();
        const keys = entries.flatMap((entry) => entry.keys.map(({ key }) => key));
        expect([...keys].sort()).toEqual([...new Set(made.map(({ key }) => key))].sort());
        const rows = await reader.read('outcomes');
        expect(rows.map(({ run_id }) => run_id).sort()).toEqual([...keys].sort());
        const recorded = new Map(rows.map(({ run_id, value }) => [run_id, value]));
        settled.forEach((end, i) => {
          const own = made[i];
          const agrees = recorded.get(own?.key ?? '') === own?.value;
          expect(end.status).toBe(agrees ? 'fulfilled' : 'rejected');
          if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(TableConflictError);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('share an entry and one file a table, each with its own key and content', async () => {
    const store = new MemoryStore();
    const dataset = openDataset(store);
    const made = Array.from({ length: 10 }, (_, i) => dataset.commit(commitOf(`run:${i}`)));
    expect(new Set((await Promise.all(made)).map(({ version }) => version))).toEqual(
      new Set([1, 2]),
    );
    const [first, second] = await openDataset(store).entries();
    expect(first).toMatchObject({ previous: null, keys: [{ key: 'run:0' }] });
    expect(second).toMatchObject({
      previous: first?.digest,
      added: [{ table: 'outcomes', rows: 9 }],
    });
    expect(second?.keys).toHaveLength(9);
    expect(await openDataset(store).commit(commitOf('run:7'))).toEqual({
      version: 2,
      outcome: 'already',
    });
  });

  it('of bad rows are refused alone', async () => {
    const dataset = openDataset(new MemoryStore());
    const [good, bad, other] = await Promise.allSettled([
      dataset.commit(commitOf('good')),
      dataset.commit(commitOf('bad', { value: NaN })),
      dataset.commit(commitOf('other')),
    ]);
    expect([good.status, bad.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(bad.status === 'rejected' && bad.reason).toBeInstanceOf(SchemaError);
    expect(await dataset.read('outcomes')).toEqual([outcome(), outcome()]);
  });

  it('that another process recorded meanwhile are not in the files of the rest', async () => {
    const inner = new MemoryStore();
    const store = new (class extends StoreProxy {
      override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
        if (key === entryKey(2)) await openDataset(inner).commit(commitOf('run:2', { seed: 2 }));
        return super.putIfAbsent(key, body);
      }
    })(inner);
    const dataset = openDataset(store);
    const made = [0, 1, 2, 3].map((seed) => dataset.commit(commitOf(`run:${seed}`, { seed })));
    expect((await Promise.all(made)).map(({ version }) => version)).toEqual([1, 3, 2, 3]);
    expect((await dataset.read('outcomes')).map(({ seed }) => seed)).toEqual([0, 2, 1, 3]);
  });

  it('are found in the log from its checkpoint too', async () => {
    const store = new MemoryStore();
    const dataset = openDataset(store);
    for (let pair = 0; pair < 100; pair++)
      await Promise.all(
        ['a', 'b', 'c'].map((name) => dataset.commit(commitOf(`${name}${pair}`, { seed: pair }))),
      );
    expect(await store.get(checkpointKey(100))).toBeDefined();
    const again = await openDataset(store).commit(commitOf('c7', { seed: 7 }));
    expect(again.outcome).toBe('already');
    expect((await keysOf(store, 'data/')).length).toBeLessThan(300);
  });
});

describe('the newest rows of a study', () => {
  it('follow what is committed and what is removed, and are of that study alone', async () => {
    const store = new MemoryStore();
    const dataset = openDataset(store);
    const values = async () =>
      [...(await dataset.newest('outcomes', 'tiny@1'))].map(([id, { value }]) => [id, value]);
    expect(await values()).toEqual([]);
    await dataset.commit(commitOf('1', { run_id: 'a', value: 0.1 }));
    await openDataset(store).commit(commitOf('2', { run_id: 'b', value: 0.2 }));
    await dataset.commit(commitOf('3', { run_id: 'a', value: 0.3, study: 'other@1' }));
    expect(await values()).toEqual([
      ['a', 0.1],
      ['b', 0.2],
    ]);
    await dataset.commit(commitOf('4', { run_id: 'a', value: 0.4 }));
    expect(await values()).toEqual([
      ['a', 0.4],
      ['b', 0.2],
    ]);
    const [, , , last] = await dataset.entries();
    const { digest: previous, added = [], ...rest } = last ?? {};
    const gone = { added: [], removed: added.map((file) => file.key) };
    await store.put(entryKey(5), seal({ ...rest, version: 5, previous, ...gone }).bytes);
    expect(await values()).toEqual([
      ['a', 0.1],
      ['b', 0.2],
    ]);
  });
});
