import fc from 'fast-check';
import { openDataset, type Dataset } from '../../src/dataset/log';
import { checkpointKey, isCompaction } from '../../src/dataset/log-format';
import { MemoryStore } from '../../src/dataset/memory-store';
import { StoreError } from '../../src/base/errors';
import { StoreProxy, commitOf, curvePoint, keysOf, outcome } from '../support/dataset';

const STUDIES = ['one@1', 'two@1'];

/** What happens to a dataset of two processes: some rows of two studies, or a compaction. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ rows: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }) }),
    },
    { weight: 1, arbitrary: fc.constant('compact' as const) },
  ),
  { maxLength: 25 },
);

async function commitRows(dataset: Dataset, number: number, rows: readonly number[]) {
  const versionOf = (run: number) => ({
    study: STUDIES[run % 2] ?? '',
    run_id: `run${run}`,
    value: number + run / 10,
  });
  await dataset.commit({
    key: `commit:${number}`,
    rows: {
      outcomes: rows.map((run) => outcome(versionOf(run))),
      curves: rows.slice(1).map(() => curvePoint({ step: number })),
    },
  });
}

async function everything(dataset: Dataset, version?: number) {
  const options = version === undefined ? {} : { version };
  return [await dataset.read('outcomes', options), await dataset.read('curves', options)];
}

async function newestOf(dataset: Dataset) {
  const all = await Promise.all(STUDIES.map((study) => dataset.newest('outcomes', study)));
  return all.map((rows) => [...rows].map(([id, { value }]) => [id, value]).sort());
}

describe('joined data files', () => {
  it('hold the same rows in the same order, now and in every version before', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (made) => {
        const [store, plain] = [new MemoryStore(), openDataset(new MemoryStore())];
        const processes = [openDataset(store), openDataset(store)] as const;
        const follower = openDataset(store);
        const past: unknown[][] = [];
        for (const [number, step] of made.entries()) {
          const dataset = processes[number % 2] ?? follower;
          if (step === 'compact') await dataset.compact();
          else for (const one of [dataset, plain]) await commitRows(one, number, step.rows);
          expect(await newestOf(follower)).toEqual(await newestOf(plain));
          past[await dataset.version()] = await everything(plain);
        }
        const late = openDataset(store);
        expect(await everything(late)).toEqual(await everything(plain));
        for (const [version, rows] of past.entries())
          if (rows) expect(await everything(late, version)).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('are few, and are joined again with those that come after them', async () => {
    const dataset = openDataset(new MemoryStore());
    for (const number of [1, 2, 3]) await commitRows(dataset, number, [number]);
    const joined = { table: 'outcomes', files_after: 1 };
    expect(await dataset.compact()).toEqual([{ ...joined, files_before: 3, rows: 3 }]);
    expect(await dataset.compact()).toEqual([]);
    await commitRows(dataset, 4, [4]);
    expect(await dataset.compact()).toEqual([{ ...joined, files_before: 2, rows: 4 }]);
    expect((await dataset.snapshot()).files('outcomes')).toHaveLength(1);
    expect(await dataset.version()).toBe(6);
  });

  it('stay below a size, and large ones are left as they are', async () => {
    const dataset = openDataset(new MemoryStore());
    const commit = (key: string, rows: number) =>
      dataset.commit({
        key,
        rows: { curves: Array.from({ length: rows }, (_, step) => curvePoint({ step })) },
      });
    await commit('large', 15_000);
    for (const key of ['a', 'b', 'c']) await commit(key, 8_000);
    const [large] = (await dataset.snapshot()).files('curves');
    expect(await dataset.compact()).toMatchObject([{ files_before: 3, files_after: 2 }]);
    const files = (await dataset.snapshot()).files('curves');
    expect(files.map(({ rows }) => rows)).toEqual([15_000, 16_000, 8_000]);
    expect(files[0]).toEqual(large);
  });
});

it('A file that would only be copied is left alone, however often one asks', async () => {
  const dataset = openDataset(new MemoryStore());
  for (const [key, rows] of [
    ['a', 6_000],
    ['b', 15_000],
  ] as const)
    await dataset.commit({
      key,
      rows: { curves: Array.from({ length: rows }, () => curvePoint()) },
    });
  expect(await dataset.compact()).toEqual([]);
  await dataset.commit({ key: 'c', rows: { curves: [curvePoint()] } });
  expect(await dataset.compact()).toMatchObject([{ files_before: 2, files_after: 1 }]);
  expect(await dataset.compact()).toEqual([]);
});

describe('every hundredth version', () => {
  const fill = async (dataset: Dataset, from: number, to: number) => {
    for (let seed = from; seed <= to; seed++)
      await dataset.commit(commitOf(`run:${seed}`, { seed }));
  };

  it('joins what was recorded since the one before', async () => {
    const store = new MemoryStore();
    await fill(openDataset(store), 1, 210);
    const dataset = openDataset(store);
    const entries = await dataset.entries();
    expect(entries.filter(isCompaction).map(({ version }) => version)).toEqual([100, 200]);
    expect((await dataset.snapshot()).files('outcomes').map(({ rows }) => rows)).toEqual([
      198,
      ...Array<number>(12).fill(1),
    ]);
    const checkpoint = JSON.parse(
      String(Buffer.from((await store.get(checkpointKey(200))) ?? [])),
    ) as {
      files: unknown[];
    };
    expect(checkpoint.files).toHaveLength(1);
  });

  it('is a commit like others where the store fails meanwhile, and nothing is lost', async () => {
    /** The hundredth data file is the joined one. */
    class Failing extends StoreProxy {
      private puts = 0;

      override put(key: string, body: Uint8Array): Promise<void> {
        if (++this.puts === 100) throw new StoreError('no room', true);
        return super.put(key, body);
      }
    }
    const store = new MemoryStore();
    await fill(openDataset(new Failing(store)), 1, 110);
    const dataset = openDataset(store);
    expect((await dataset.entries()).filter(isCompaction)).toEqual([]);
    expect(await dataset.version()).toBe(110);
    expect(await dataset.read('outcomes')).toHaveLength(110);
  });
});

describe('a compaction beside another writer', () => {
  /** Somebody else records something each time that this process is about to write an entry. */
  class Contended extends StoreProxy {
    constructor(
      inner: MemoryStore,
      private others: number,
    ) {
      super(inner);
    }

    override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
      if (this.others-- > 0) await openDataset(this.inner).commit(commitOf(`other:${this.others}`));
      return super.putIfAbsent(key, body);
    }
  }

  it('takes in what came between, without joining the rest again', async () => {
    const store = new MemoryStore();
    const dataset = openDataset(store);
    for (let number = 0; number < 3; number++)
      await dataset.commit({
        key: `${number}`,
        rows: { curves: Array.from({ length: 8_000 }, () => curvePoint()) },
      });
    await dataset.commit(commitOf('one'));
    await dataset.commit(commitOf('two'));
    const before = (await keysOf(store, 'data/curves/')).length;
    await openDataset(new Contended(store, 2)).compact();
    expect(await keysOf(store, 'data/curves/')).toHaveLength(before + 2);
    expect((await openDataset(store).snapshot()).files('outcomes')).toHaveLength(1);
    expect(await openDataset(store).read('outcomes')).toHaveLength(4);
  });

  it('gives up where that never ends, and says so', async () => {
    const store = new MemoryStore();
    for (const key of ['one', 'two']) await openDataset(store).commit(commitOf(key));
    const contended = openDataset(new Contended(store, 50));
    await expect(contended.compact()).rejects.toThrow(
      /another process recorded a version during each of 5 attempts/,
    );
    expect(await openDataset(store).read('outcomes')).toHaveLength(7);
  });
});
