/** Digests of values, files and folders. Rejects values without a stable serialization. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import canonicalize from 'canonicalize';

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

/** Digest of a file or of all files in a folder: names and contents, without timestamps or caches. */
export function sourceDigest(where: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(where)) {
    hash.update(path.relative(where, file)).update('\0');
    hash.update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(where: string): string[] {
  if (!statSync(where).isDirectory()) return [where];
  return readdirSync(where, { withFileTypes: true })
    .filter((entry) => !/^(__pycache__|\..*|.*\.pyc)$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesBelow(path.join(where, entry.name)));
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
