/**
 * Transfers files of any size to and from S3: in parts, several at once, never whole in memory. A
 * killed upload is continued from its parts, a killed download from the bytes that were fetched.
 */
import { createWriteStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
  paginateListParts,
  type AbortMultipartUploadCommandInput,
  type CompletedPart,
  type HeadObjectCommandOutput,
  type ListMultipartUploadsCommandInput,
  type MultipartUpload,
  type Part,
  type S3Client,
} from '@aws-sdk/client-s3';
import { mapParallel } from '../base/parallel';
import { factsOf } from './s3-errors';
import { within } from './s3-timeout';

/** S3 accepts parts of 5 MiB to 5 GiB, at most 10,000 of them. */
export const PART_BYTES = 16 * 2 ** 20;
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;
const MOST_UPLOADS = 3;
/** A server may assemble the parts while its client waits. */
const COMPLETE_BYTES = 2 ** 30;

export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * The key must identify these exact bytes: parts that an earlier attempt sent are not sent again.
 * The upload is complete or absent, and replaces an existing object.
 */
export async function uploadFile(
  client: S3Client,
  object: ObjectName,
  path: string,
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= PART_BYTES) await putWhole(client, object, file, size);
    else await putLarge(client, object, { file, size });
  } finally {
    await file.close();
  }
}

async function putWhole(client: S3Client, object: ObjectName, file: FileHandle, size: number) {
  const Body = await readPart(file, 0, size);
  await client.send(new PutObjectCommand({ ...object, Body }), within(size));
}

interface Source {
  readonly file: FileHandle;
  readonly size: number;
}

/**
 * An existing object is overwritten, since it may be damaged at the same length. If another process
 * completes the same upload first, either a newer object exists, or the upload is started again.
 */
async function putLarge(client: S3Client, object: ObjectName, source: Source): Promise<void> {
  const before = await head(client, object);
  for (let attempt = 1; ; attempt++)
    try {
      return await putParts(client, object, source);
    } catch (cause) {
      if (factsOf(cause).name !== 'NoSuchUpload') throw cause;
      if (hasNew(await head(client, object), before, source.size)) return;
      if (attempt === MOST_UPLOADS) throw cause;
    }
}

type Head = Pick<HeadObjectCommandOutput, 'ContentLength' | 'ETag' | 'LastModified'>;

function hasNew(now: Head | undefined, before: Head | undefined, size: number): boolean {
  if (now?.ContentLength !== size) return false;
  return now.ETag !== before?.ETag || Number(now.LastModified) > Number(before?.LastModified);
}

async function head(client: S3Client, object: ObjectName): Promise<Head | undefined> {
  try {
    return await client.send(new HeadObjectCommand(object), within());
  } catch (cause) {
    if (factsOf(cause).status === 404) return undefined;
    throw cause;
  }
}

async function putParts(client: S3Client, object: ObjectName, source: Source): Promise<void> {
  const found = await unfinished(client, object);
  const UploadId = found?.id ?? (await begin(client, object));
  const bytes = partBytes(source.size);
  const numbers = Array.from({ length: Math.ceil(source.size / bytes) }, (_, i) => i + 1);
  const Parts = await mapParallel(numbers, PARTS_AT_ONCE, async (PartNumber) => {
    const begin = (PartNumber - 1) * bytes;
    const length = Math.min(bytes, source.size - begin);
    const sent = found?.parts.get(PartNumber);
    if (sent?.Size === length) return { PartNumber, ETag: sent.ETag };
    const Body = await readPart(source.file, begin, length);
    const part = new UploadPartCommand({ ...object, UploadId, PartNumber, Body });
    return { PartNumber, ETag: (await client.send(part, within(length))).ETag };
  });
  await complete(client, object, UploadId, Parts);
}

/** The part size depends on the file size only, so that a later attempt can reuse the parts. */
function partBytes(size: number): number {
  return Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error(`The file became shorter while it was read.`);
  return buffer;
}

async function begin(client: S3Client, object: ObjectName): Promise<string> {
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(object), within());
  return UploadId;
}

/** The newest unfinished upload of the key, with its parts. */
async function unfinished(client: S3Client, { Bucket, Key }: ObjectName) {
  let newest: MultipartUpload | undefined;
  for await (const upload of uploads(client, { Bucket, Prefix: Key }))
    if (upload.Key === Key && (upload.Initiated ?? 0) >= (newest?.Initiated ?? 0)) newest = upload;
  const UploadId = newest?.UploadId;
  if (UploadId === undefined) return undefined;
  const parts = new Map<number, Part>();
  for await (const page of paginateListParts({ client }, { Bucket, Key, UploadId }, within()))
    for (const part of page.Parts ?? []) parts.set(part.PartNumber ?? 0, part);
  return { id: UploadId, parts };
}

interface Below {
  readonly Bucket: string;
  readonly Prefix: string;
}

/**
 * Unfinished uploads. MinIO lists them only if a single key is given, and forgets them after a day.
 */
async function* uploads(client: S3Client, below: Below): AsyncGenerator<MultipartUpload, void> {
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (from) {
    const list: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      ...below,
      ...from,
    });
    const page = await client.send(list, within());
    yield* page.Uploads ?? [];
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    const more = IsTruncated && [KeyMarker, UploadIdMarker].some(Boolean);
    from = more ? { KeyMarker, UploadIdMarker } : undefined;
  }
}

/**
 * Aborts the unfinished uploads below a prefix, or only those that were started before a given
 * time.
 */
export async function forgetUploads(
  client: S3Client,
  below: Below,
  begunBefore = new Date(8.64e15),
): Promise<void> {
  const found: MultipartUpload[] = [];
  // List all uploads first: a page continues from the last upload of the previous page.
  for await (const upload of uploads(client, below)) found.push(upload);
  for (const { Key, UploadId, Initiated } of found)
    if (Initiated && Initiated < begunBefore)
      await abort(client, { Bucket: below.Bucket, Key, UploadId });
}

async function abort(client: S3Client, upload: AbortMultipartUploadCommandInput): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand(upload), within());
  } catch (cause) {
    if (factsOf(cause).name !== 'NoSuchUpload') throw cause;
  }
}

async function complete(
  client: S3Client,
  object: ObjectName,
  UploadId: string,
  Parts: CompletedPart[],
): Promise<void> {
  const upload = { ...object, UploadId, MultipartUpload: { Parts } };
  await client.send(new CompleteMultipartUploadCommand(upload), within(COMPLETE_BYTES));
}

/** Appends the bytes that are missing from the file. False if the object does not exist. */
export async function downloadFile(
  client: S3Client,
  object: ObjectName,
  path: string,
): Promise<boolean> {
  const done = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const range = done ? { Range: `bytes=${done}-` } : {};
  try {
    const get = new GetObjectCommand({ ...object, ...range });
    const { Body, ContentRange, ContentLength = 0 } = await client.send(get, within());
    // A server without range requests sends the whole object.
    const flags = done && ContentRange ? 'a' : 'w';
    const { abortSignal: signal } = within(ContentLength);
    await pipeline(Body as Readable, createWriteStream(path, { flags }), { signal });
    return true;
  } catch (cause) {
    const { name, status } = factsOf(cause);
    if (name === 'NoSuchKey') return false;
    // The file is already complete.
    if (status === 416 && done) return true;
    throw cause;
  }
}
