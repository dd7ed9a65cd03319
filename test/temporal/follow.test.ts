import { ServiceError, type Client } from '@temporalio/client';
import type { CliContext } from '../../src/cli/context';
import type { Session } from '../../src/temporal/session';
import { watchStudy } from '../../src/temporal/follow';
import { StoreError } from '../../src/base/errors';
import { loadConfig } from '../../src/config';

const SUMMARY = { status: 'done' };
const EXTERNAL = { TEMPORAL_ADDRESS: '127.0.0.1:9', S3_ENDPOINT: 'http://127.0.0.1:9' };
const context = {
  config: loadConfig(EXTERNAL),
  stderr: () => undefined,
} as unknown as CliContext;

function clientOf(handle: object) {
  const withAbortSignal = <T>(_: AbortSignal, ask: () => T) => ask();
  return { workflow: { getHandle: () => handle }, withAbortSignal };
}

/** A study that has ended when it is seen, and servers that fail first. */
function sessionWith(temporal: readonly Error[], store: readonly Error[]) {
  const [describes, latests] = [[...temporal], [...store]];
  const answer = <T>(errors: Error[], value: T): Promise<T> => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve(value);
  };
  const handle = {
    describe: () => answer(describes, { status: { name: 'COMPLETED' } }),
    result: () => Promise.resolve(SUMMARY),
  };
  return {
    studies: { latest: () => answer(latests, null) },
    client: clientOf(handle),
  } as unknown as Session & { client: Client };
}

it('a study is followed on when its servers were away for a moment', async () => {
  const session = sessionWith(
    [new ServiceError('the connection was dropped')],
    [new StoreError('500 InternalError', true)],
  );
  expect(await watchStudy(context, session, 'tiny@1')).toEqual(SUMMARY);
});

it('a fault that does not pass by itself is told at once', async () => {
  const refused = new StoreError('the store refuses the credentials', false);
  await expect(watchStudy(context, sessionWith([], [refused]), 'tiny@1')).rejects.toBe(refused);
});

it('servers that stay away are told, with the command that goes on', async () => {
  let now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => (now += 61_000));
  const gone = new ServiceError('14 UNAVAILABLE');
  const watched = watchStudy(context, sessionWith([gone, gone], []), 'tiny@1');
  await expect(watched).rejects.toThrow(/UNAVAILABLE[^]*npx foretune resume tiny@1/);
  jest.restoreAllMocks();
});

it('the end is seen when it comes, however slow the look before it was', async () => {
  let open = true;
  let end = (): void => undefined;
  const ended = new Promise<object>((resolve) => (end = () => resolve(SUMMARY)));
  const handle = {
    describe: () => Promise.resolve({ status: { name: open ? 'RUNNING' : 'COMPLETED' } }),
    result: () => ended,
  };
  const studies = { latest: () => new Promise((resolve) => setTimeout(resolve, 700, null)) };
  const client = clientOf(handle);
  const session = { studies, client } as unknown as Session & { client: Client };
  setTimeout(() => ((open = false), end()), 1000);
  const start = performance.now();
  expect(await watchStudy(context, session, 'tiny@1')).toEqual(SUMMARY);
  // Two looks of .7 s; the rest behind the first would have been nineteen times that.
  expect(performance.now() - start).toBeLessThan(4000);
});
