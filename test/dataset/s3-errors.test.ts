import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { S3Store } from '../../src/dataset/s3-store';
import { s3Client } from '../../src/stack/s3-client';
import { startS3Proxy } from '../support/s3-proxy';

/** An S3 server that gives the prepared answers, one to each request; undefined: none at all. */
let answers: ({ status: number; code: string; message?: string } | undefined)[];
let server: Server;
let open: (timeoutMs: number) => S3Store;
let store: S3Store;

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers.shift();
    if (!answer) return;
    const { status, code, message = 'words of the server' } = answer;
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(
      status === 200 ? '' : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    );
    request.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = s3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    attempts: 1,
  });
  open = (timeoutMs) => new S3Store({ client, bucket: 'bucket', prefix: 'main', timeoutMs });
  store = open(20_000);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const OK = { status: 200, code: '' };
const CONFLICT = { status: 409, code: 'ConditionalRequestConflict' };
const LOST = { status: 412, code: 'PreconditionFailed' };

it.each([
  ['bad credentials', 403, 'SignatureDoesNotMatch', 'access', /Check AWS_ACCESS_KEY_ID/],
  ['no bucket', 404, 'NoSuchBucket', 'access', /bucket does not exist. Create it/],
  ['no space', 507, 'InsufficientStorage', true, /no space left. Nothing recorded is lost/],
  ['an unknown request', 501, 'NotImplemented', false, /needs conditional writes/],
  ['a fault of its own', 500, 'InternalError', true, /Try again/],
  ['too many requests', 503, 'SlowDown', true, /Try again/],
  ['something new', 418, 'Teapot', true, /unexpected from an S3 server/],
])('a store that answers with %s is explained', async (_, status, code, retryable, expected) => {
  const actions = [
    () => store.put('key', Buffer.from('body')),
    () => store.putIfAbsent('key', Buffer.from('body')),
    () => store.get('key'),
    () => store.delete('key'),
    () => store.list('key')[Symbol.asyncIterator]().next(),
  ];
  for (const action of actions) {
    answers = [{ status, code }];
    const made = action();
    const name = retryable === 'access' ? 'StoreAccessError' : 'StoreError';
    await expect(made).rejects.toMatchObject({ name, retryable: retryable !== false });
    await expect(made).rejects.toThrow(expected);
    await expect(made).rejects.toThrow(/s3:\/\/bucket\/main\/key.*words of the server/);
  }
});

it('what AWS repeats of the credentials is no part of the error, however deep it is looked at', async () => {
  const proxy = await startS3Proxy('http://unused');
  proxy.now = 'refusing';
  const credentials = { accessKeyId: 'KEYID', secretAccessKey: 'secret', sessionToken: 'TOKEN' };
  const client = s3Client({ endpoint: proxy.endpoint, region: 'us-east-1', credentials });
  const refused = await new S3Store({ client, bucket: 'bucket', prefix: '' })
    .get('key')
    .catch((error: unknown) => inspect(error, { depth: Infinity, showHidden: true }));
  await proxy.close();
  expect(refused).toContain('SignatureDoesNotMatch');
  expect(refused).not.toMatch(/KEYID|TOKEN/);
});

it('a full disk is known by the words of the server', async () => {
  answers = [{ status: 500, code: 'InternalError', message: 'write: no space left on device' }];
  const put = store.put('key', Buffer.from('body'));
  await expect(put).rejects.toMatchObject({ name: 'StoreError', retryable: true });
  await expect(put).rejects.toThrow(/free or add space/);
});

it('a store that does not answer is given up in time, and may be tried again', async () => {
  answers = [undefined];
  const get = open(100).get('key');
  await expect(get).rejects.toMatchObject({ name: 'StoreError', retryable: true });
  await expect(get).rejects.toThrow(/did not answer in time/);
});

describe('a conditional write', () => {
  const write = () => store.putIfAbsent('key', Buffer.from('body'));

  it('that meets another under way is made again until one of them is through', async () => {
    answers = [CONFLICT, CONFLICT, OK];
    expect(await write()).toBe(true);
    answers = [CONFLICT, LOST];
    expect(await write()).toBe(false);
    expect(answers).toEqual([]);
  });

  it('that never gets through fails in the end', async () => {
    answers = Array.from({ length: 100 }, () => CONFLICT);
    await expect(write()).rejects.toThrow(/409 ConditionalRequestConflict.*in progress. Try again/);
  });
});
