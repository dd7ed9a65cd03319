import type { S3Client } from '@aws-sdk/client-s3';
import { MemoryStore } from '../../src/dataset/memory-store';
import { probeStore } from '../../src/dataset/probe';
import { S3Store } from '../../src/dataset/s3-store';
import type { ObjectStore } from '../../src/dataset/store';
import { StoreError } from '../../src/base/errors';
import { s3Client } from '../../src/stack/s3-client';
import { StoreProxy, keysOf } from '../support/dataset';
import { startSeaweed, type Seaweed } from '../support/seaweed';

/** Overwrites, as servers do that do not know `If-None-Match`. */
class CarelessStore extends StoreProxy {
  override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    await this.put(key, body);
    return true;
  }
}

/** Overwrites, and says that it did not. */
class LyingStore extends CarelessStore {
  override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    return (await super.putIfAbsent(key, body)) && false;
  }
}

/** Looks, then writes: correct until two writers come at once. */
class RacyStore extends StoreProxy {
  override async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    if (await this.get(key)) return false;
    await this.put(key, body);
    return true;
  }
}

class ForgetfulStore extends StoreProxy {
  override async *list(): AsyncGenerator<never, void> {
    await Promise.resolve();
    yield* [];
  }
}

class KeepingStore extends StoreProxy {
  override delete(): Promise<void> {
    return Promise.resolve();
  }
}

it('a store in memory is fit for use, and keeps nothing of the probe', async () => {
  const store = new MemoryStore();
  await probeStore(store);
  expect(await keysOf(store)).toEqual([]);
});

it.each<[string, new (inner: ObjectStore) => ObjectStore, RegExp]>([
  ['that ignores conditional writes', CarelessStore, /ignores conditional writes/],
  ['that ignores them and denies it', LyingStore, /ignores conditional writes/],
  ['that lets racing writers win', RacyStore, /accepted \d of 8 concurrent conditional writes/],
  ['that lists too little', ForgetfulStore, /lists ""/],
  ['that does not delete', KeepingStore, /still gives back an object that was deleted/],
])('a store %s is refused for good, with its address', async (_, Unfit, expected) => {
  const probe = probeStore(new Unfit(new MemoryStore()));
  await expect(probe).rejects.toThrow(StoreError);
  await expect(probe).rejects.toMatchObject({ retryable: false });
  await expect(probe).rejects.toThrow(expected);
  await expect(probe).rejects.toThrow(/memory:\/\/dataset/);
});

describe('on SeaweedFS', () => {
  let seaweed: Seaweed;
  const clients: S3Client[] = [];
  beforeAll(async () => (seaweed = await startSeaweed()));
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await seaweed.stop();
  });

  /** The store as it is, with one thing wrong. */
  function store(changes: { bucket?: string; secret?: string; endpoint?: string }): S3Store {
    const { environment } = seaweed;
    const client = s3Client({
      endpoint: changes.endpoint ?? environment.AWS_ENDPOINT_URL ?? null,
      region: environment.AWS_REGION ?? '',
      credentials: {
        accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: changes.secret ?? environment.AWS_SECRET_ACCESS_KEY ?? '',
      },
      attempts: 1,
    });
    clients.push(client);
    return new S3Store({ client, bucket: changes.bucket ?? seaweed.bucket, prefix: 'probe' });
  }

  it('the store is fit for use, and keeps nothing of the probe', async () => {
    await probeStore(store({}));
    expect(await keysOf(store({}))).toEqual([]);
  });

  it('wrong credentials are named, since they may be renewed', async () => {
    const probe = probeStore(store({ secret: 'wrong' }));
    await expect(probe).rejects.toThrow(
      /rejects the credentials. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
    );
    await expect(probe).rejects.toMatchObject({ name: 'StoreAccessError', retryable: true });
  });

  it.each([
    ['a closed port', 'http://127.0.0.1:1'],
    ['a host without a name', 'http://store.invalid'],
  ])('%s is worth another try', async (_, endpoint) => {
    const probe = probeStore(store({ endpoint }));
    await expect(probe).rejects.toThrow(/The store cannot be reached. Check the endpoint/);
    await expect(probe).rejects.toMatchObject({ name: 'StoreError', retryable: true });
  });

  it('a bucket that is not there has nothing to read', async () => {
    const absent = store({ bucket: 'absent' });
    await expect(absent.get('key')).rejects.toThrow(/The bucket does not exist. Create it/);
    await expect(keysOf(absent)).rejects.toMatchObject({ name: 'StoreAccessError' });
  });
});
