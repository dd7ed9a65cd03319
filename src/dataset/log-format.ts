/**
 * The published format of the log (ARCHITECTURE.md, "The dataset of record"). Readers refuse a
 * `format` that they do not know, and ignore unknown fields.
 */
import { z } from 'zod';
import { SchemaError } from '../base/errors';
import { brokenSeal } from './seal';

/**
 * The format of entries and checkpoints. Formats 1 and 2 were never released: they had no digests.
 */
export const FORMAT = 3;

const count = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const bound = z.union([z.string(), z.number(), z.boolean()]);
const unknownFormat = ({ input }: { readonly input?: unknown }) =>
  `${JSON.stringify(input)} is not a format that this version of foretune reads (${FORMAT}); update foretune`;
const format = z.literal(FORMAT, { error: unknownFormat });

/** The description of a data file in an entry. Keys are relative to the dataset's root. */
export const DataFileSchema = z.object({
  table: z.string(),
  key: z.string(),
  rows: count,
  bytes: count,
  sha256: digest,
  /** Fingerprint of the table's schema when the file was written. */
  schema: z.string(),
  stats: z.record(
    z.string(),
    z.object({ nulls: count, min: bound.optional(), max: bound.optional() }),
  ),
});
export type DataFile = z.infer<typeof DataFileSchema>;

const CommitKeySchema = z.object({
  /** Names the measurement; unique in a log. */
  key: z.string().min(1),
  /** Digest of the rows, apart from `recorded_at`, `attempt` and `read_version`. */
  content: digest,
});
export type CommitKey = z.infer<typeof CommitKeySchema>;

export const EntrySchema = z.object({
  format,
  version: z.number().int().positive(),
  /** Later than the time of the previous version, even if the writers' clocks differ. */
  time: z.iso.datetime({ precision: 3 }),
  writer: z.string(),
  /** `digest` of the previous version's entry; null for version 1. */
  previous: digest.nullable(),
  /** All commits that the entry records: several if they were made at the same time. */
  keys: z.array(CommitKeySchema).min(1),
  added: z.array(DataFileSchema),
  /** Keys of data files that are no longer part of the dataset. */
  removed: z.array(z.string()),
  /** Of the rest of the entry (seal.ts). */
  digest,
});
export type Entry = z.infer<typeof EntrySchema>;

/** The key of an entry that joins data files (compact.ts), which names no measurement. */
export function compactionKey(version: number): string {
  return `compact:${version}`;
}

export function isCompaction(entry: Entry): boolean {
  return entry.keys[0]?.key === compactionKey(entry.version);
}

/** The combined content of all entries up to a version. Derived: it may be deleted at any time. */
export const CheckpointSchema = z.object({
  format,
  version: z.number().int().positive(),
  time: z.iso.datetime({ precision: 3 }),
  /** `digest` of the version's entry. */
  entry: digest,
  /** Each with the version that added it. */
  files: z.array(DataFileSchema.extend({ version: z.number().int().positive() })),
  keys: z.array(z.object({ key: z.string(), version: count, content: digest })),
  /** Of the rest of the checkpoint (seal.ts). */
  digest,
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

export const CHECKPOINT_INTERVAL = 100;

export function entryKey(version: number): string {
  return `_log/${String(version).padStart(20, '0')}.json`;
}

export function checkpointKey(version: number): string {
  return `_log/${String(version).padStart(20, '0')}.checkpoint.json`;
}

/**
 * Throws SchemaError that names the object if it is damaged or has another version than its key.
 */
export function decodeEntry(bytes: Uint8Array, version: number): Entry {
  return decode(EntrySchema, bytes, version, entryKey(version), 'Restore it from a backup.');
}

export function decodeCheckpoint(bytes: Uint8Array, version: number): Checkpoint {
  const advice = 'Delete it: the log is read without it, and it is written again.';
  return decode(CheckpointSchema, bytes, version, checkpointKey(version), advice);
}

function decode<T extends { readonly version: number }>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  version: number,
  key: string,
  advice: string,
): T {
  const parsed = schema.safeParse(parseJson(bytes));
  const reason = parsed.success
    ? (otherVersion(parsed.data, version) ?? brokenSeal(bytes))
    : z.prettifyError(parsed.error);
  if (parsed.success && reason === null) return parsed.data;
  throw new SchemaError(`"${key}" is damaged: ${reason}. ${advice}`);
}

function otherVersion(found: { readonly version: number }, version: number): string | null {
  return found.version === version ? null : `it contains version ${found.version}`;
}

/** Undefined for invalid JSON, which no schema accepts. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
