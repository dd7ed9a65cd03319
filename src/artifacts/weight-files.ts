/**
 * Weights where jobs see them, at file:// addresses that may mean nothing on this machine. A cluster has one of
 * these for all its jobs. Files may be larger than memory: they are handed over one at a time, as files.
 */
import type { Manifest, ManifestFile } from './manifest';

export interface WeightFiles {
  /** Which of these file:// addresses have nothing behind them. */
  missing(uris: readonly string[]): Promise<ReadonlySet<string>>;
  /** The files at an address, with the digest of each. Rejects where they cannot be read. */
  describe(uri: string): Promise<Manifest>;
  /** Calls `use` with the path on this machine of one of those files, or of a copy that is there until `use` ends. */
  withFile<T>(
    uri: string,
    of: { readonly kind: Manifest['kind']; readonly name: string },
    use: (file: string) => Promise<T>,
  ): Promise<T>;
  /** Makes what a job left at an address the content of `id`, where that is cheap: `stage` does the rest. */
  share(uri: string, id: string, manifest: Manifest): Promise<void>;
  /**
   * The address of `id` for jobs. What they do not have yet is fetched once for all of them: `fetchFile` writes one
   * file to a path on this machine, and uses what an earlier call that was killed has left there.
   */
  stage(
    id: string,
    manifest: Manifest,
    fetchFile: (file: ManifestFile, to: string) => Promise<void>,
  ): Promise<string>;
}
