import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { MemoryStore } from '../../src/dataset/memory-store';
import { PART_BYTES } from '../../src/dataset/s3-files';
import { S3Store } from '../../src/dataset/s3-store';
import { storeContract } from '../contract/store.contract';
import { startSeaweed, type Seaweed } from '../support/seaweed';

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

  it('sends of a file only the parts that an upload which was killed did not', async () => {
    const { client, bucket: Bucket } = seaweed;
    const sent: (number | undefined)[] = [];
    client.middlewareStack.add(
      (next, context) => (args) => {
        const { PartNumber } = args.input as { PartNumber?: number };
        if (context.commandName === 'UploadPartCommand') sent.push(PartNumber);
        return next(args);
      },
      { step: 'initialize', name: 'parts' },
    );
    const body = randomBytes(2.5 * PART_BYTES);
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'foretune-parts-')), 'weights');
    writeFileSync(file, body);
    const object = { Bucket, Key: 'parts/weights' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    const Body = body.subarray(PART_BYTES, 2 * PART_BYTES);
    await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 2, Body }));
    await open('parts').putFile('weights', file);
    client.middlewareStack.remove('parts');
    expect(sent.sort()).toEqual([1, 2, 3]);
    expect(await open('parts').getFile('weights', `${file}.got`)).toBe(true);
    expect(Buffer.compare(readFileSync(`${file}.got`), body)).toBe(0);
  });

  it('takes a prefix with slashes around it, and says where it is', () => {
    expect(open('/team/study/').uri).toBe('s3://foretune/team/study');
    expect(open('').uri).toBe('s3://foretune');
  });
});
