/** Digests of values, files and folders. Rejects values without a stable serialization. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import canonicalize from 'canonicalize';
import { filesBelow } from './files-below';

const NO_SOURCE = /^(__pycache__|\..*|.*\.pyc)$/;

/** sha256 of the RFC 8785 form, hexadecimal: equal for equal values, whatever the key order. */
export function fingerprint(value: unknown): string {
  refuseUnstable(value, '');
  const text = canonicalize(value);
  if (text === undefined)
    throw new TypeError(`Cannot fingerprint ${String(value)}: expected a JSON value`);
  return sha256(text);
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Of a file's content, which may be larger than memory. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Digest of a file or of all files in a folder: names and contents, without timestamps or caches.
 */
export function sourceDigest(where: string): string {
  const hash = createHash('sha256');
  for (const name of filesBelow(where, { skip: NO_SOURCE, links: 'follow' })) {
    hash.update(name).update('\0');
    hash.update(readFileSync(path.join(where, name))).update('\0');
  }
  return hash.digest('hex');
}

function refuseUnstable(value: unknown, at: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(value, at);
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => refuseUnstable(item, `${at}[${i}]`));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    refuse(value, at);
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) refuseUnstable(item, `${at}.${key}`);
}

function refuse(value: unknown, at: string): never {
  throw new TypeError(
    `Cannot fingerprint ${String(value)} at "${at || '(top)'}": expected JSON values (finite numbers, strings, booleans, null, arrays, plain objects)`,
  );
}
