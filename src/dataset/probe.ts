/** Tests, with objects of its own, the features of a store that the commit protocol needs. */
import { randomUUID } from 'node:crypto';
import { StoreError } from '../base/errors';
import type { ObjectStore } from './store';

const RACERS = 8;

/**
 * Throws StoreError if the store does not return what was written, or does not honor conditional
 * writes: then two writers could overwrite each other's commits without notice.
 */
export async function probeStore(store: ObjectStore): Promise<void> {
  const folder = `_probe/${randomUUID()}`;
  const [one, raced] = [`${folder}/one`, `${folder}/raced`];
  try {
    await probeWrites(store, one);
    await probeRace(store, raced);
    await probeListing(store, folder, [one, raced]);
  } finally {
    // If this fails, the calls above have already failed with a better message.
    await Promise.allSettled([store.delete(one), store.delete(raced)]);
  }
  if (await store.get(one)) refuse(store, 'still gives back an object that was deleted');
}

async function probeWrites(store: ObjectStore, key: string): Promise<void> {
  const [first, second] = [encode('first'), encode('second')];
  // False may be due to a retry after a lost response, so the content decides.
  await store.putIfAbsent(key, first);
  const overwrote = await store.putIfAbsent(key, second);
  const content = await store.get(key);
  if (overwrote || !content || Buffer.compare(content, first))
    refuse(store, 'ignores conditional writes (`If-None-Match: *`) and overwrites');
}

async function probeRace(store: ObjectStore, key: string): Promise<void> {
  const bodies = Array.from({ length: RACERS }, (_, i) => encode(`racer ${i}`));
  const won = await Promise.all(bodies.map((body) => store.putIfAbsent(key, body)));
  const winners = bodies.filter((_, i) => won[i]);
  const content = (await store.get(key)) ?? new Uint8Array();
  if (winners.length > 1 || winners.some((body) => Buffer.compare(body, content)))
    refuse(store, `accepted ${winners.length} of ${RACERS} concurrent conditional writes`);
}

async function probeListing(
  store: ObjectStore,
  folder: string,
  expected: readonly string[],
): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(`${folder}/`)) keys.push(key);
  if (keys.join() !== expected.join())
    refuse(store, `lists "${keys.join(', ')}" but "${expected.join(', ')}" were written`);
}

function refuse(store: ObjectStore, what: string): never {
  throw new StoreError(
    `The store ${store.uri} ${what}. It cannot hold the dataset: commits could be lost. Use AWS S3, SeaweedFS, MinIO or another store that supports conditional writes.`,
    false,
  );
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
