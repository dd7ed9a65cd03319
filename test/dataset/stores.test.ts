import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { MemoryStore } from '../../src/dataset/memory-store';
import { PART_BYTES } from '../../src/dataset/s3-files';
import { S3Store } from '../../src/dataset/s3-store';
import { storeContract } from '../contract/store.contract';
import { startSeaweed, type Seaweed } from '../support/seaweed';

type PartInput = Partial<UploadPartCommandInput>;

const nothing = () => Promise.resolve();

storeContract('MemoryStore', () => Promise.resolve({ store: new MemoryStore(), close: nothing }));

describe('on SeaweedFS', () => {
  let seaweed: Seaweed;
  beforeAll(async () => (seaweed = await startSeaweed()));
  afterAll(() => seaweed.stop());

  const open = (prefix: string) => new S3Store({ ...seaweed, prefix });

  storeContract('S3Store', () =>
    Promise.resolve({ store: open(`contract/${randomUUID()}`), close: nothing }),
  );

  it('keeps stores of different prefixes apart, also when one begins like the other', async () => {
    const [one, other] = [open('apart/one'), open('apart/one-more')];
    await one.put('key', Buffer.from('one'));
    expect(await other.get('key')).toBeUndefined();
    expect(await other.putIfAbsent('key', Buffer.from('other'))).toBe(true);
    const listed = [];
    for await (const { key } of one.list('')) listed.push(key);
    expect(listed).toEqual(['key']);
  });

  /** Calls `before` ahead of each request of a kind. */
  function watch(command: string, before: (input: PartInput) => unknown): void {
    seaweed.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === command) await before(args.input as PartInput);
        return next(args);
      },
      { step: 'initialize', name: 'watch' },
    );
  }
  afterEach(() => seaweed.client.middlewareStack.remove('watch'));

  function writeWeights(body: Buffer): string {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'foretune-parts-')), 'weights');
    writeFileSync(file, body);
    return file;
  }

  it('sends of a file only the parts that an upload which was killed did not', async () => {
    const { client, bucket: Bucket } = seaweed;
    const body = randomBytes(2.5 * PART_BYTES);
    const file = writeWeights(body);
    const object = { Bucket, Key: 'parts/weights' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    const Body = body.subarray(PART_BYTES, 2 * PART_BYTES);
    await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 2, Body }));
    const sent: (number | undefined)[] = [];
    watch('UploadPartCommand', ({ PartNumber }) => sent.push(PartNumber));
    await open('parts').putFile('weights', file);
    expect(sent.sort()).toEqual([1, 3]);
    expect(await open('parts').getFile('weights', `${file}.got`)).toBe(true);
    expect(Buffer.compare(readFileSync(`${file}.got`), body)).toBe(0);
  });

  it('starts an aborted upload again, whatever object is already there', async () => {
    const body = randomBytes(2 * PART_BYTES);
    const file = writeWeights(body);
    const store = open('taken');
    await store.put('weights', randomBytes(body.length));
    let taken = false;
    watch('CompleteMultipartUploadCommand', async () => {
      if (!taken) await store.forgetUploads('weights');
      taken = true;
    });
    await store.putFile('weights', file);
    expect(await store.getFile('weights', `${file}.got`)).toBe(true);
    expect(Buffer.compare(readFileSync(`${file}.got`), body)).toBe(0);
  });

  it('forgets uploads that were never ended, of one folder and begun before a time', async () => {
    const { client, bucket: Bucket } = seaweed;
    const begin = (Key: string) => client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const left = async () => {
      const list = new ListMultipartUploadsCommand({ Bucket, Prefix: 'never/' });
      return ((await client.send(list)).Uploads ?? []).map(({ Key }) => Key).sort();
    };
    const keys = ['never/a/1', 'never/a/1', 'never/a/2', 'never/ab/1'];
    for (const key of keys) await begin(key);
    const store = open('never');
    await store.forgetUploads('a/', new Date(Date.now() - 60_000));
    expect(await left()).toEqual(keys);
    await store.forgetUploads('a/', new Date(Date.now() + 60_000));
    expect(await left()).toEqual(['never/ab/1']);
    await store.forgetUploads('');
    expect(await left()).toEqual([]);
  });

  it('takes a prefix with slashes around it, and says where it is', () => {
    expect(open('/team/study/').uri).toBe('s3://foretune/team/study');
    expect(open('').uri).toBe('s3://foretune');
  });
});
