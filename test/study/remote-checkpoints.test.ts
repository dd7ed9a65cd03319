/** Registered checkpoints on real S3 servers: that of the dataset, and another one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { loadConfig } from '../../src/config';
import { S3Store } from '../../src/dataset/s3-store';
import { openAddresses } from '../../src/stack/open-store';
import { endpointsOf } from '../../src/stack/stack';
import type { BucketSettings } from '../../src/study/buckets';
import { lookUpCheckpoints } from '../../src/study/registered';
import { RemoteCheckpoints } from '../../src/study/remote-checkpoints';
import { startSeaweed, type Seaweed } from '../support/seaweed';
import { TINY, tinyStudy } from '../support/studies';

const SECRET = 'dataset-secret-0123456789';

let ours: Seaweed;
let theirs: Seaweed;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([startSeaweed('dataset-key', SECRET), startSeaweed()]);
  await ours.client.send(new CreateBucketCommand({ Bucket: 'team' }));
  await theirs.client.send(new CreateBucketCommand({ Bucket: 'theirs' }));
});
afterAll(() => Promise.all([ours.stop(), theirs.stop()]));

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-remote-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (prefix: string, key: string, text: string) =>
  new S3Store({ client: ours.client, bucket: 'team', prefix }).put(key, Buffer.from(text));

async function model(prefix: string): Promise<string> {
  await put(prefix, 'weights', 'one');
  await put(prefix, 'deep/config', '{}');
  return `s3://team/${prefix}`;
}

function open(buckets: BucketSettings = {}, variables: NodeJS.ProcessEnv = {}): RemoteCheckpoints {
  const environment = { HOME: folder, FORETUNE_STATE_DIR: folder, ...ours.environment };
  const config = loadConfig(
    { ...environment, FORETUNE_DATASET: 's3://foretune/dataset', ...variables },
    { recipes: {}, clusters: {}, notify: {}, buckets },
  );
  return new RemoteCheckpoints(openAddresses(config, endpointsOf(config)), `${folder}/cache`);
}

/** Looks up one variant for each address, named after it. */
function lookUp(remote: RemoteCheckpoints, addresses: Readonly<Record<string, string>>) {
  const variants = Object.entries(addresses).map(([id, checkpoint]) => ({ id, checkpoint }));
  const study = tinyStudy({ variants: [...variants, TINY.variants[0] as never] });
  return lookUpCheckpoints(study, folder, (uri) => remote.identity(uri));
}

const text = (uri: string, ...name: string[]) =>
  readFileSync(path.join(fileURLToPath(uri), ...name), 'utf8');

describe('a checkpoint at an s3:// address', () => {
  it('is known by its objects, with a slash at the end and without, and no others', async () => {
    const uri = await model('known');
    await put('known-too', 'weights', 'other');
    const remote = open();
    const identity = await remote.identity(uri);
    expect(identity).toMatch(/^etags:[0-9a-f]{64}$/);
    expect(await remote.identity(`${uri}/`)).toBe(identity);
    await put('known', 'weights', 'two');
    expect(await remote.identity(uri)).not.toBe(identity);
  });

  it('is fetched once, whole, by however many jobs ask at the same time', async () => {
    const uri = await model('asked');
    const identity = await open().identity(uri);
    const workers = [open(), open()];
    const jobs = [...workers, ...workers, ...workers, ...workers];
    const copies = await Promise.all(jobs.map((remote) => remote.fetch(uri, identity)));
    expect(new Set(copies).size).toBe(1);
    expect(text(copies[0] ?? '', 'weights')).toBe('one');
    expect(text(copies[0] ?? '', 'deep', 'config')).toBe('{}');
  });

  it('is used as it was planned, or not at all, once its objects are others', async () => {
    const uri = await model('changed');
    const identity = await open().identity(uri);
    await put('changed', 'weights', 'two');
    const asked = open().fetch(uri, identity);
    await expect(asked).rejects.toThrow(
      'The objects under "s3://team/changed" are not those that the study was planned with',
    );
    const now = await open().identity(uri);
    const copy = await open().fetch(uri, now);
    expect(text(copy, 'weights')).toBe('two');
    await put('changed', 'weights', 'three');
    expect(await open().fetch(uri, now)).toBe(copy);
  });

  it('is refused by variant where nothing is, or no bucket', async () => {
    const found = lookUp(open(), {
      none: 's3://team/none',
      nowhere: 's3://no-such-bucket/model',
      odd: 's3:///model',
      ours: await model('there'),
    });
    await expect(found).rejects.toThrow(
      /variant "none": there is no object under "s3:\/\/team\/none" at http.*variant "nowhere": .*NoSuchBucket.* The bucket does not exist.* S3 server of the dataset.*variant "odd": .*expected s3:\/\/<bucket>\/<folder>/s,
    );
    await expect(found).rejects.not.toThrow(/variant "ours"/);
  });

  it.each([
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'wrong-key' }],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: `${SECRET}-wrong` }],
  ])('is refused by variant for %s, which is not printed', async (_, wrong) => {
    const found = lookUp(open({}, wrong), { ours: await model('closed') });
    await expect(found).rejects.toThrow(/variant "ours": Could not list s3:\/\/team\/closed.*403/);
    await expect(found).rejects.not.toThrow(/dataset-key|wrong-key|dataset-secret/);
  });
});

describe('a bucket of another server', () => {
  const before = { ...process.env };
  afterEach(() => void (process.env = { ...before }));

  /** As a person keeps credentials who uses several servers. */
  function keepProfile(name: string, secret?: string): void {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = theirs.environment;
    const file = path.join(folder, '.aws', 'credentials');
    mkdirSync(path.dirname(file));
    writeFileSync(
      file,
      `[${name}]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${secret ?? AWS_SECRET_ACCESS_KEY}\n`,
    );
    // The credentials of the dataset are in the environment, where the SDK would find them too.
    Object.assign(process.env, ours.environment, { AWS_SHARED_CREDENTIALS_FILE: file });
  }

  const named = (profile: string): BucketSettings => ({
    theirs: { endpoint: theirs.environment.AWS_ENDPOINT_URL ?? '', profile },
  });

  it('is read with the profile that the configuration names for it', async () => {
    keepProfile('team');
    const { client } = theirs;
    await new S3Store({ client, bucket: 'theirs', prefix: 'm' }).put('weights', Buffer.from('it'));
    const remote = open(named('team'));
    const { far } = await lookUp(remote, { far: 's3://theirs/m', near: await model('near') });
    expect(text(await remote.fetch('s3://theirs/m', far?.identity ?? ''), 'weights')).toBe('it');
    await expect(open().identity('s3://theirs/m')).rejects.toThrow('NoSuchBucket');
  });

  it.each([
    ['is not there', 'other', /variant "far": .*\[team\].*`buckets` of/s],
    ['is refused', 'team', /variant "far": .*403 SignatureDoesNotMatch.*`buckets` of/s],
  ])('is refused by variant when the profile %s', async (_, kept, error) => {
    keepProfile(kept, 'marked-secret-of-theirs');
    const found = lookUp(open(named('team')), { far: 's3://theirs/m' });
    await expect(found).rejects.toThrow(error);
    await expect(found).rejects.not.toThrow(/marked-secret/);
  });

  it('has an address in the configuration', () => {
    expect(() => open({ team: { endpoint: 'team.example:9000' } })).toThrow(
      /`buckets` in temporal\.config\.ts is not valid.*team\.endpoint/s,
    );
  });
});
