/**
 * The object store that the dataset of record stands on: S3, or memory in tests. One contract suite
 * (test/contract/store.contract.ts) holds for every implementation.
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
  /** The object's bytes, or undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array): Promise<void>;
  /**
   * Writes only when no object has this key: true when this call wrote it, false when one stood
   * there. A lost answer may make a call's own success look like false: compare the contents.
   */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /**
   * Objects whose key starts with `prefix` and sorts after `after`. Keys of one folder come in the
   * order of their bytes; between folders the order is the server's (SeaweedFS goes folder by folder).
   */
  list(prefix: string, after?: string): AsyncIterable<StoredObject>;
  delete(key: string): Promise<void>;
  /**
   * Uploads a file of any size, going on where an upload that was killed stopped: the key must stand for
   * these very bytes. What stands there is overwritten, even if it is as long.
   */
  putFile(key: string, file: string): Promise<void>;
  /**
   * Gives up uploads of files that never ended, below `prefix` and begun before a time where one is given: the
   * store keeps, and bills, their parts until then. One that is still going on begins again.
   */
  forgetUploads(prefix: string, begunBefore?: Date): Promise<void>;
  /** Downloads what the file lacks of the object; false where there is none. */
  getFile(key: string, file: string): Promise<boolean>;
}
