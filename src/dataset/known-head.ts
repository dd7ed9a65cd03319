/**
 * The newest entry that is known outside of the log. Every entry shows that the one before it is
 * unchanged, but the last entries of a log could be lost without a trace in the log itself.
 */
import { SchemaError } from '../base/errors';
import { entryKey } from './log-format';
import type { LogReader } from './log-reader';
import type { LogState } from './log-state';

export interface Head {
  readonly version: number;
  /** `digest` of the version's entry. */
  readonly digest: string;
}

/** Keeps the newest head that a process has seen, outside of the dataset's store. */
export interface KnownHead {
  read(): Head | undefined;
  /** Keeps the head if it is newer. Must not fail: it is called after a commit is recorded. */
  keep(head: Head): void;
}

/** Throws SchemaError if the log does not have the entry of the head. */
export async function requireHead(head: Head, state: LogState, reader: LogReader): Promise<void> {
  const { version, digest } = head;
  if (version > state.version) refuse(version, `the log ends at version ${state.version}`);
  const found = version === state.version ? state : await reader.existingEntry(version);
  if (found.digest !== digest) refuse(version, 'another entry has its place');
}

function refuse(version: number, what: string): never {
  throw new SchemaError(
    `Version ${version} of the dataset was recorded, but now ${what}: "${entryKey(version)}" was deleted or replaced after it was written. Restore it from a backup. If the dataset was set back on purpose: npx foretune data fsck --accept`,
  );
}
