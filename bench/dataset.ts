/**
 * Compares the dataset of record with its building blocks in one run: `npx tsx bench/dataset.ts`.
 * Commits per second against plain conditional PUTs; reading many rows against pyarrow.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { openDataset } from '../src/dataset/log';
import { S3Store } from '../src/dataset/s3-store';
import type { ObjectStore } from '../src/dataset/store';
import { commitOf } from '../test/support/dataset';
import { startSeaweed, type Seaweed } from '../test/support/seaweed';

const ROUNDS = 5;
const WRITES = 40;
const FILES = 8;
const ROWS_PER_FILE = 50_000;

/** Fetches the files into Arrow tables as we do: in parallel, with their digests checked. */
const PYARROW = `
import hashlib, os, sys, time
from concurrent.futures import ThreadPoolExecutor
import pyarrow as pa
from pyarrow import fs
s3 = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"], region="us-east-1")
def read(path):
    data = s3.open_input_stream(path).read()
    return hashlib.sha256(data).hexdigest(), pa.ipc.open_file(data).read_all()
start = time.perf_counter()
list(ThreadPoolExecutor(16).map(read, sys.argv[1:]))
print(time.perf_counter() - start)
`;

async function main(): Promise<void> {
  const seaweed = await startSeaweed();
  try {
    await benchCommits(new S3Store({ ...seaweed, prefix: 'commits' }));
    await benchReading(new S3Store({ ...seaweed, prefix: 'rows' }), seaweed);
  } finally {
    await seaweed.stop();
  }
}

async function benchCommits(store: ObjectStore): Promise<void> {
  const dataset = openDataset(store);
  const body = Buffer.alloc(2000, 'x');
  await compare(1, {
    commits: () => timed(() => dataset.commit(commitOf(randomUUID())), WRITES),
    'conditional PUTs': () => timed(() => store.putIfAbsent(`raw/${randomUUID()}`, body), WRITES),
  });
}

async function benchReading(store: ObjectStore, seaweed: Seaweed): Promise<void> {
  const dataset = openDataset(store);
  for (let file = 0; file < FILES; file++) {
    const samples = Array.from({ length: ROWS_PER_FILE }, (_, i) => sample(file, i));
    await dataset.commit({ key: `file ${file}`, rows: { samples } });
  }
  const files = (await dataset.snapshot()).files('samples');
  const paths = files.map(({ key }) => `${seaweed.bucket}/rows/${key}`);
  await compare((FILES * ROWS_PER_FILE) / 1e6, {
    'million rows as Arrow': () => timed(() => openDataset(store).readArrow('samples')),
    'million rows as objects': () => timed(() => openDataset(store).read('samples')),
    'million rows by pyarrow': () => Promise.resolve(pyarrow(paths, seaweed)),
  });
}

function sample(file: number, i: number): object {
  return {
    ...{ study: 'bench@1', variant_id: `v${file}`, run_id: `v${file}/sft/cms`, attempt: 1 },
    ...{ recorded_at: new Date(), task: 'cms', dataset: 'world', phase: 'sft', seed: 0 },
    ...{ item_id: `item-${i}`, correct: i % 3 === 0, answer_probability: 1 / (1 + i) },
    ...{ log_likelihood: -i, tokens: i },
  };
}

function pyarrow(paths: readonly string[], { environment }: Seaweed): number {
  const args = ['-c', PYARROW, ...paths];
  return Number(execFileSync('.venv/bin/python', args, { env: environment }).toString());
}

/**
 * Rates by median seconds. The measurements alternate, so that a busy machine slows all alike;
 * ratios are to the last one.
 */
async function compare(amount: number, measures: Record<string, () => Promise<number>>) {
  const taken = Object.entries(measures).map(([name, measure]) => ({ name, measure, all: [0] }));
  for (let round = 0; round < ROUNDS; round++)
    for (const { all, measure } of taken) all[round] = await measure();
  const rate = (all: number[] = []) => amount / (all.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN);
  const base = rate(taken.at(-1)?.all);
  for (const { name, all } of taken)
    console.log(`${name}: ${rate(all).toFixed(2)}/s, ratio ${(rate(all) / base).toFixed(2)}`);
}

async function timed(action: () => Promise<unknown>, count = 1): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) await action();
  return (performance.now() - start) / 1000 / count;
}

void main();
