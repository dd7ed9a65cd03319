/** Compares the log with the versions that are remembered elsewhere. */
import type { Head } from '../known-head';
import { entryKey } from '../log-format';
import type { Problem } from './problem';

export interface RecordedHead extends Head {
  /** What remembers it: `study quickstart@1`. */
  readonly source: string;
}

/** `digests`: of the entries that are there and undamaged, by version. */
export function checkHeads(
  heads: readonly RecordedHead[],
  digests: ReadonlyMap<number, string>,
): Problem[] {
  const last = Math.max(0, ...digests.keys());
  return heads.flatMap(({ source, version, digest }) => {
    const found = digests.get(version);
    if (found === digest || (found === undefined && version <= last)) return [];
    const what =
      found === undefined
        ? `is missing: ${source} has recorded version ${version}, but the log ends at version ${last}`
        : `is not the entry that ${source} has recorded: it was replaced`;
    return [{ object: entryKey(version), problem: what }];
  });
}
