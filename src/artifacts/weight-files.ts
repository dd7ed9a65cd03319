/**
 * Access to weights at the file:// addresses that jobs use, which may not exist on this machine. A
 * cluster has one of these for all its jobs. Files may be larger than memory: they are passed one
 * at a time, as files.
 */
import type { Manifest, ManifestFile } from './manifest';

export interface WeightFiles {
  /** Those of the file:// addresses at which nothing exists. */
  missing(uris: readonly string[]): Promise<ReadonlySet<string>>;
  /** The files at an address, with the digest of each. Rejects if they cannot be read. */
  describe(uri: string): Promise<Manifest>;
  /**
   * Calls `use` with the local path of one of those files, or of a copy that exists until `use`
   * ends.
   */
  withFile<T>(
    uri: string,
    file: { readonly kind: Manifest['kind']; readonly name: string },
    use: (file: string) => Promise<T>,
  ): Promise<T>;
  /**
   * Makes the files at a job's address the content of `id`, if that is cheap; otherwise `stage`
   * fetches them.
   */
  share(uri: string, id: string, manifest: Manifest): Promise<void>;
  /**
   * The address of `id` for jobs. Missing files are fetched once for all jobs: `fetchFile` writes
   * one file to a local path, and uses what an earlier, killed call has written there.
   */
  stage(
    id: string,
    manifest: Manifest,
    fetchFile: (file: ManifestFile, to: string) => Promise<void>,
  ): Promise<string>;
}
