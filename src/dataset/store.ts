/**
 * The object store of the dataset of record: S3, or memory in tests. One contract suite
 * (test/contract/store.contract.ts) tests every implementation.
 */

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
  /** Changes with the content. */
  readonly etag: string;
}

export interface ObjectStore {
  /** Address of the store's root, for messages: `s3://bucket/prefix`. */
  readonly uri: string;
  /** The object's bytes, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array): Promise<void>;
  /**
   * Writes only if no object has this key: true if this call wrote it, false if an object exists.
   * After a lost response a call's own success may look like false: compare the contents.
   */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /**
   * Objects whose key starts with `prefix` and sorts after `after`. Keys in one folder are in the
   * order of their bytes; the order of folders depends on the server (SeaweedFS lists folder by
   * folder).
   */
  list(prefix: string, after?: string): AsyncIterable<StoredObject>;
  delete(key: string): Promise<void>;
  /**
   * Uploads a file of any size, and continues an upload that was killed: the key must identify
   * these exact bytes. An existing object is overwritten, even if it has the same length.
   */
  putFile(key: string, file: string): Promise<void>;
  /**
   * Aborts unfinished uploads below `prefix`, or only those that were started before a given time:
   * the store keeps, and bills, their parts until then. An upload that is still in progress starts
   * again.
   */
  forgetUploads(prefix: string, begunBefore?: Date): Promise<void>;
  /** Downloads the bytes that are missing from the file; false if the object does not exist. */
  getFile(key: string, file: string): Promise<boolean>;
}
