/** Tries out, on objects of its own, what the commit protocol needs of a store. */
import { randomUUID } from 'node:crypto';
import { StoreError } from '../base/errors';
import type { ObjectStore } from './store';

const RACERS = 8;

/**
 * Throws StoreError when the store does not give back what was written, or does not honour
 * conditional writes: there two writers could overwrite each other's commits unseen.
 */
export async function probeStore(store: ObjectStore): Promise<void> {
  const folder = `_probe/${randomUUID()}`;
  const [one, raced] = [`${folder}/one`, `${folder}/raced`];
  try {
    await probeWrites(store, one);
    await probeRace(store, raced);
    await probeListing(store, folder, [one, raced]);
  } finally {
    // A store that fails here has failed above, with a better message.
    await Promise.allSettled([store.delete(one), store.delete(raced)]);
  }
  if (await store.get(one)) refuse(store, 'still gives back an object that was deleted');
}

async function probeWrites(store: ObjectStore, key: string): Promise<void> {
  const [first, second] = [encode('first'), encode('second')];
  // False may be a lost answer of a write that was retried: what stands there decides.
  await store.putIfAbsent(key, first);
  const overwrote = await store.putIfAbsent(key, second);
  const stands = await store.get(key);
  if (overwrote || !stands || Buffer.compare(stands, first))
    refuse(store, 'ignores conditional writes (`If-None-Match: *`) and overwrites');
}

async function probeRace(store: ObjectStore, key: string): Promise<void> {
  const bodies = Array.from({ length: RACERS }, (_, i) => encode(`racer ${i}`));
  const won = await Promise.all(bodies.map((body) => store.putIfAbsent(key, body)));
  const winners = bodies.filter((_, i) => won[i]);
  const stands = (await store.get(key)) ?? new Uint8Array();
  if (winners.length > 1 || winners.some((body) => Buffer.compare(body, stands)))
    refuse(store, `let ${winners.length} of ${RACERS} racing conditional writes win`);
}

async function probeListing(
  store: ObjectStore,
  folder: string,
  expected: readonly string[],
): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(`${folder}/`)) keys.push(key);
  if (keys.join() !== expected.join())
    refuse(store, `lists "${keys.join(', ')}" where "${expected.join(', ')}" were written`);
}

function refuse(store: ObjectStore, what: string): never {
  throw new StoreError(
    `The store ${store.uri} ${what}. It cannot hold the dataset: commits could be lost. Use AWS S3, SeaweedFS, MinIO or another store that honours conditional writes.`,
    false,
  );
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
