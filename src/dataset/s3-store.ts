/** The object store on any S3 server that supports `If-None-Match: *`. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { factsOf, storeError } from './s3-errors';
import { downloadFile, forgetUploads, uploadFile } from './s3-files';
import { within } from './s3-timeout';
import type { ObjectStore, StoredObject } from './store';

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Folder of the dataset in the bucket; empty for the whole bucket. */
  readonly prefix: string;
  /** Milliseconds until a request is aborted, including its retries; large bodies get more. */
  readonly timeoutMs?: number;
}

/** Errors of a local disk that is full or broken. */
const LOCAL = /ENOSPC|EDQUOT|EIO|EROFS|EFBIG/;
const CONFLICT_ATTEMPTS = 10;
const CONFLICT_PAUSE_MS = 20;

export class S3Store implements ObjectStore {
  readonly uri: string;
  private readonly root: string;

  constructor(private readonly options: S3StoreOptions) {
    const prefix = options.prefix.replace(/^\/+|\/+$/g, '');
    this.root = prefix === '' ? '' : `${prefix}/`;
    this.uri = `s3://${options.bucket}${prefix === '' ? '' : `/${prefix}`}`;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const { client } = this.options;
    try {
      const answer = await client.send(new GetObjectCommand(this.object(key)), this.within());
      return await answer.Body?.transformToByteArray();
    } catch (cause) {
      if (factsOf(cause).name === 'NoSuchKey') return undefined;
      throw storeError(cause, `read ${this.uri}/${key}`);
    }
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    const { client } = this.options;
    const command = new PutObjectCommand({ ...this.object(key), Body: body });
    await client.send(command, this.within(body.length)).catch((cause: unknown) => {
      throw storeError(cause, `write ${this.uri}/${key} (${body.length} bytes)`);
    });
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const input = { ...this.object(key), Body: body, IfNoneMatch: '*' };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.options.client.send(new PutObjectCommand(input), this.within(body.length));
        return true;
      } catch (cause) {
        const { status } = factsOf(cause);
        if (status === 412) return false;
        // 409: another write of this key is in progress, and may still fail.
        if (status !== 409 || attempt === CONFLICT_ATTEMPTS)
          throw storeError(cause, `write ${this.uri}/${key} (${body.length} bytes)`);
        await pause(CONFLICT_PAUSE_MS * attempt * (0.5 + Math.random()));
      }
    }
  }

  async *list(prefix: string, after?: string): AsyncGenerator<StoredObject, void> {
    const StartAfter = after === undefined ? undefined : this.root + after;
    let ContinuationToken: string | undefined;
    do {
      const page = await this.page(prefix, { StartAfter, ContinuationToken });
      for (const { Key = '', Size = 0, LastModified, ETag = '' } of page.Contents ?? [])
        yield {
          key: Key.slice(this.root.length),
          bytes: Size,
          modified: LastModified ?? new Date(0),
          etag: ETag,
        };
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  async delete(key: string): Promise<void> {
    const { client } = this.options;
    const command = new DeleteObjectCommand(this.object(key));
    await client.send(command, this.within()).catch((cause: unknown) => {
      throw storeError(cause, `delete ${this.uri}/${key}`);
    });
  }

  putFile(key: string, file: string): Promise<void> {
    return uploadFile(this.options.client, this.object(key), file).catch((cause: unknown) => {
      throw ofStore(cause, `upload ${file} to ${this.uri}/${key}`);
    });
  }

  forgetUploads(prefix: string, begunBefore?: Date): Promise<void> {
    const below = { Bucket: this.options.bucket, Prefix: this.root + prefix };
    return forgetUploads(this.options.client, below, begunBefore).catch((cause: unknown) => {
      throw storeError(cause, `abort unfinished uploads of ${this.uri}/${prefix}`);
    });
  }

  getFile(key: string, file: string): Promise<boolean> {
    return downloadFile(this.options.client, this.object(key), file).catch((cause: unknown) => {
      throw ofStore(cause, `download ${this.uri}/${key} to ${file}`);
    });
  }

  private page(
    prefix: string,
    from: { StartAfter: string | undefined; ContinuationToken: string | undefined },
  ): Promise<ListObjectsV2CommandOutput> {
    const input = { Bucket: this.options.bucket, Prefix: this.root + prefix, ...from };
    return this.options.client
      .send(new ListObjectsV2Command(input), this.within())
      .catch((cause: unknown) => {
        throw storeError(cause, `list ${this.uri}/${prefix}`);
      });
  }

  private object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.options.bucket, Key: this.root + key };
  }

  private within(bytes = 0): { abortSignal: AbortSignal } {
    return within(bytes, this.options.timeoutMs);
  }
}

/** Errors of the local file system are kept: they name the file and the operation. */
function ofStore(cause: unknown, action: string): unknown {
  const { path, syscall, code } = cause as NodeJS.ErrnoException;
  const isWriting = syscall === 'write' && code !== undefined && LOCAL.test(code);
  return path !== undefined || isWriting ? cause : storeError(cause, action);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
