/**
 * JSON objects whose last member, `digest`, is the sha256 of all others as they are written: of the
 * object's text without that member. An object that was changed after it was written is noticed.
 */
import { createHash } from 'node:crypto';

/** The bytes of `,"digest":"<64 digits>"}`. */
const TAIL_BYTES = 77;
const TAIL = /^,"digest":"([0-9a-f]{64})"\}$/;

export type Sealed<T> = T & { readonly digest: string };

export interface Writing<T> {
  readonly value: Sealed<T>;
  readonly bytes: Uint8Array;
}

/** `value` must have at least one member, and no `digest`. */
export function seal<T extends object>(value: T): Writing<T> {
  const text = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(text).digest('hex');
  const bytes = Buffer.concat([text.subarray(0, -1), Buffer.from(`,"digest":"${digest}"}`)]);
  return { value: { ...value, digest }, bytes };
}

/** Why the bytes are not what was sealed, or null if they are. */
export function brokenSeal(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const digest = TAIL.exec(buffer.subarray(-TAIL_BYTES).toString('latin1'))?.[1];
  if (digest === undefined) return 'it does not end with its `digest`';
  const hash = createHash('sha256').update(buffer.subarray(0, -TAIL_BYTES)).update('}');
  const found = hash.digest('hex');
  if (found === digest) return null;
  return `the sha256 of its content is ${found.slice(0, 12)}…, but it was written with ${digest.slice(0, 12)}…`;
}
