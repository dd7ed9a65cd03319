import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { rowToJson } from '../../src/dataset/arrow';
import { openDataset, type Dataset } from '../../src/dataset/log';
import { checkpointKey, entryKey } from '../../src/dataset/log-format';
import { S3Store } from '../../src/dataset/s3-store';
import type { Row } from '../../src/dataset/tables';
import { reseal, commitOf, outcome } from '../support/dataset';
import { runPython } from '../support/python';
import { startSeaweed, type Seaweed } from '../support/seaweed';

const SCRIPT = 'examples/read-dataset/read_dataset.py';
const ODD: Row<'outcomes'>[] = [
  outcome({ task: 'größe 表 🧪 "quoted"\n', value: 0.1 + 0.2, n: null, stderr: null }),
  outcome({ task: '', value: -1.7e308, seed: -(2 ** 31), n: 2 ** 31 - 1 }),
  outcome({ value: 5e-324, recorded_at: new Date('1969-12-31T23:59:59.999Z') }),
  outcome({ value: -0, recorded_at: new Date('2000-01-01T00:00:00.000Z') }),
];
const SAMPLE = {
  ...{ study: 'tiny@1', variant_id: 'A', run_id: 'A/sft', attempt: 1 },
  ...{ recorded_at: new Date(0), task: 'cms', dataset: 'world', phase: 'sft', seed: 0 },
  ...{ item_id: 'i1', correct: true, answer_probability: 0.5, log_likelihood: -0.7, tokens: 3 },
};

let seaweed: Seaweed;
let dataset: Dataset;
let store: S3Store;
let folder: string;

beforeAll(async () => {
  seaweed = await startSeaweed();
  store = new S3Store({ ...seaweed, prefix: 'interop/main' });
  dataset = openDataset(store);
  const samples = [SAMPLE, { ...SAMPLE, correct: false }, SAMPLE];
  await dataset.commit({ key: 'odd', rows: { outcomes: ODD, samples } });
  await dataset.commit(commitOf('other', { study: 'other@1' }));
  for (let seed = 1; seed <= 100; seed++) await dataset.commit(commitOf(`run:${seed}`, { seed }));
  folder = await mkdtemp(path.join(os.tmpdir(), 'foretune-interop-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await seaweed.stop();
});

/** What `foretune data show -o json` prints. */
async function shown(from: Dataset, table: 'outcomes' | 'samples', study?: string) {
  const rows = await from.read(table, study === undefined ? {} : { study });
  return jsonOf(JSON.stringify(rows.map(rowToJson)));
}

function jsonOf(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value));
}

async function replay(table: string, study: string, prefix = 'interop/main'): Promise<unknown> {
  const FORETUNE_DATASET = `s3://${seaweed.bucket}/${prefix}`;
  const output = await runPython(SCRIPT, [table, study], {
    ...seaweed.environment,
    FORETUNE_DATASET,
  });
  return jsonOf(output);
}

it.each(['outcomes', 'samples'] as const)('pyarrow replays the same %s', async (table) => {
  const rows = await shown(dataset, table, 'tiny@1');
  expect(await dataset.version()).toBeGreaterThan(100);
  expect(await store.get(checkpointKey(100))).toBeDefined();
  expect(await replay(table, 'tiny@1')).toEqual(rows);
});

it('pyarrow finds no rows where there are none', async () => {
  expect(await replay('outcomes', 'absent@1')).toEqual([]);
  expect(await replay('fits', 'tiny@1')).toEqual([]);
});

it('pyarrow leaves out removed files and files that no entry names', async () => {
  const other = new S3Store({ ...seaweed, prefix: 'interop/removed' });
  const writer = openDataset(other);
  for (const seed of [1, 2]) await writer.commit(commitOf(`run:${seed}`, { seed }));
  const [file] = (await writer.snapshot()).files('outcomes');
  await writer.commit(commitOf('run:3', { seed: 3 }));
  await reseal(other, entryKey(3), { removed: [file?.key] });
  await other.put('data/outcomes/unnamed.arrow', (await other.get(file?.key ?? '')) ?? Buffer.of());
  const rows = await replay('outcomes', 'tiny@1', 'interop/removed');
  expect(rows).toEqual(await shown(openDataset(other), 'outcomes'));
  expect(rows).toMatchObject([{ seed: 2 }, { seed: 3 }]);
});

it.each(['polars', 'duckdb'])('%s reads the same rows from the data files', async (reader) => {
  for (const table of ['outcomes', 'samples'] as const) {
    const output = await runPython('test/dataset/read_files.py', [
      reader,
      ...(await download(table)),
    ]);
    expect(jsonOf(output)).toEqual(await shown(dataset, table));
  }
});

/** The paths of a table's data files, in the order of the log. */
async function download(table: 'outcomes' | 'samples'): Promise<string[]> {
  const files = (await dataset.snapshot()).files(table);
  return Promise.all(
    files.map(async ({ key }) => {
      const file = path.join(folder, path.basename(key));
      await writeFile(file, (await store.get(key)) ?? '');
      return file;
    }),
  );
}
