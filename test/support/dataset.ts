/** Rows, commits and stores that fail on purpose, for tests of the dataset of record. */
import { NO_SPLITS } from '../../src/predict/fit';
import type { Commit } from '../../src/dataset/commit';
import { openDataset } from '../../src/dataset/log';
import { seal } from '../../src/dataset/seal';
import type { ObjectStore, StoredObject } from '../../src/dataset/store';
import type { Row } from '../../src/dataset/tables';

export const NOW = new Date('2026-11-23T18:00:00.123Z');

const identity = {
  study: 'tiny@1',
  variant_id: 'A',
  run_id: 'A/sft/cms',
  attempt: 1,
  recorded_at: NOW,
};

export function outcome(changes: Partial<Row<'outcomes'>> = {}): Row<'outcomes'> {
  return {
    ...identity,
    task: 'cms',
    dataset: 'world',
    sft_recipe: 'sft@1',
    seed: 0,
    metric: 'accuracy',
    value: 0.5,
    stderr: 0.01,
    n: 400,
    ...changes,
  };
}

export function curvePoint(changes: Partial<Row<'curves'>> = {}): Row<'curves'> {
  return { ...identity, step: 1, tokens: 64, metric: 'loss', domain: null, value: 2, ...changes };
}

export function fitRow(changes: Partial<Row<'fits'>> = {}): Row<'fits'> {
  return {
    ...identity,
    fit_id: 'f',
    task: 'cms',
    proxy: 'ppl-clm',
    protocol: 'all-pairs',
    n_variants: 4,
    n_pairs: 6,
    accuracy: 0.75,
    error_rate: 0.25,
    ci_low: 0.5,
    ci_high: 1,
    ci_method: 'wilson',
    read_version: 7,
    ...NO_SPLITS,
    ...changes,
  };
}

/** One outcome under a key; the value distinguishes commits. */
export function commitOf(key: string, changes: Partial<Row<'outcomes'>> = {}): Commit {
  return { key, rows: { outcomes: [outcome(changes)] } };
}

/** Wraps another store; a test replaces the call that should fail. */
export class StoreProxy implements ObjectStore {
  constructor(protected readonly inner: ObjectStore) {}

  get uri(): string {
    return this.inner.uri;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.inner.get(key);
  }

  put(key: string, body: Uint8Array): Promise<void> {
    return this.inner.put(key, body);
  }

  putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    return this.inner.putIfAbsent(key, body);
  }

  list(prefix: string, after?: string): AsyncIterable<StoredObject> {
    return this.inner.list(prefix, after);
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(key);
  }

  putFile(key: string, file: string): Promise<void> {
    return this.inner.putFile(key, file);
  }

  forgetUploads(prefix: string, begunBefore?: Date): Promise<void> {
    return this.inner.forgetUploads(prefix, begunBefore);
  }

  getFile(key: string, file: string): Promise<boolean> {
    return this.inner.getFile(key, file);
  }
}

export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** Rewrites an object, as a fault or a stranger would. */
export async function alter(
  store: ObjectStore,
  key: string,
  change: (body: Buffer) => Uint8Array | string,
): Promise<void> {
  const body = await store.get(key);
  if (!body) throw new Error(`there is no object "${key}"`);
  await store.put(key, Buffer.from(change(Buffer.from(body))));
}

export async function alterJson(
  store: ObjectStore,
  key: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const change = (body: Buffer) =>
    JSON.stringify({ ...(JSON.parse(body.toString('utf8')) as object), ...changes });
  await alter(store, key, change);
}

/** Like `alterJson`, with the right digest. */
export async function reseal(
  store: ObjectStore,
  key: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await alter(store, key, (body) => {
    const { digest: _, ...rest } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return seal({ ...rest, ...changes }).bytes;
  });
}

/** The seeds of all outcomes, as a new reader sees them. */
export async function seedsIn(store: ObjectStore): Promise<number[]> {
  return (await openDataset(store).read('outcomes')).map(({ seed }) => seed);
}

/** The key of the first data file of outcomes. */
export async function dataKeyOf(store: ObjectStore): Promise<string> {
  const [file] = (await openDataset(store).snapshot()).files('outcomes');
  if (!file) throw new Error('there is no file of outcomes');
  return file.key;
}
