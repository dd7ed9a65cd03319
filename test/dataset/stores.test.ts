import { randomUUID } from 'node:crypto';
import { MemoryStore } from '../../src/dataset/memory-store';
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

  it('takes a prefix with slashes around it, and says where it is', () => {
    expect(open('/team/study/').uri).toBe('s3://foretune/team/study');
    expect(open('').uri).toBe('s3://foretune');
  });
});
