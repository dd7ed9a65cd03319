/**
 * Checks the whole dataset: that the log is complete and unchanged, and that every data file is
 * what the log says. Reads everything and changes nothing, except for what `repair` writes again.
 */
import type { Head } from '../known-head';
import { checkFiles } from './data-files';
import { checkHeads, type RecordedHead } from './heads';
import { checkLog } from './log';
import type { CheckedStore, Problem } from './problem';

export interface Checked {
  /** Number of versions that the log has, or should have. */
  readonly versions: number;
  /** Data files that were read. */
  readonly files: number;
  readonly problems: readonly Problem[];
  /** The newest entry that is there; undefined for an empty log. */
  readonly head: Head | undefined;
}

export interface FsckOptions {
  /** Heads that were recorded outside of the log. */
  readonly heads?: readonly RecordedHead[];
  /** Writes damaged checkpoints again, which are derived from the entries. */
  readonly repair?: boolean;
}

export async function fsck(store: CheckedStore, options: FsckOptions = {}): Promise<Checked> {
  const log = await checkLog(store, options.repair ?? false);
  const files = await checkFiles(store, log.files);
  const heads = checkHeads(options.heads ?? [], log.digests);
  const problems = [...log.problems, ...heads, ...files];
  return { versions: log.versions, files: log.files.length, problems, head: log.head };
}
