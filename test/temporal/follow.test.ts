import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServiceError } from '@temporalio/client';
import type { WorkSession } from '../../src/temporal/session';
import { followStudy } from '../../src/temporal/follow';
import { StoreError } from '../../src/base/errors';
import { loadConfig } from '../../src/config';
import { endpointsOf } from '../../src/stack/stack';
import { noteStop } from '../../src/stack/stopped';

const SUMMARY = { status: 'done' };
const EXTERNAL = { TEMPORAL_ADDRESS: '127.0.0.1:9', S3_ENDPOINT: 'http://127.0.0.1:9' };
const stateDir = mkdtempSync(path.join(tmpdir(), 'foretune-follow-'));
afterAll(() => rmSync(stateDir, { recursive: true }));
const config = loadConfig({ ...EXTERNAL, FORETUNE_STATE_DIR: stateDir });
const display = { show: () => undefined };

function clientOf(handle: object) {
  const withAbortSignal = <T>(_: AbortSignal, ask: () => T) => ask();
  return { workflow: { getHandle: () => handle }, withAbortSignal };
}

function sessionOf(studies: object, client: object) {
  return { config, say: () => undefined, studies, client } as unknown as WorkSession;
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
  return sessionOf({ latest: () => answer(latests, null) }, clientOf(handle));
}

it('a study is followed on when its servers were away for a moment', async () => {
  const session = sessionWith(
    [new ServiceError('the connection was dropped')],
    [new StoreError('500 InternalError', true)],
  );
  expect(await followStudy(session, 'tiny@1', display)).toEqual(SUMMARY);
});

it('a fault that does not pass is reported at once', async () => {
  const refused = new StoreError('the store refuses the credentials', false);
  await expect(followStudy(sessionWith([], [refused]), 'tiny@1', display)).rejects.toBe(refused);
});

it('servers that stay away are reported, with the command that continues', async () => {
  let now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => (now += 61_000));
  const gone = new ServiceError('14 UNAVAILABLE');
  const watched = followStudy(sessionWith([gone, gone], []), 'tiny@1', display);
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
  const session = sessionOf(studies, clientOf(handle));
  setTimeout(() => ((open = false), end()), 1000);
  const start = performance.now();
  expect(await followStudy(session, 'tiny@1', display)).toEqual(SUMMARY);
  // Two looks of .7 s; the rest after the first would have been nineteen times that.
  expect(performance.now() - start).toBeLessThan(4000);
});

describe('a study whose worker or servers `down` stopped is left alone, with the command that continues:', () => {
  const words = /foretune down stopped[^]*npx foretune resume tiny@1/;
  const session = (describe: () => Promise<object>) =>
    sessionOf(
      { latest: () => Promise.resolve(null) },
      clientOf({ describe, result: () => new Promise(() => undefined) }),
    );
  const running = { status: { name: 'RUNNING' } };

  it('servers', async () => {
    noteStop(stateDir); // an earlier one does not count
    const looks = [() => Promise.resolve(running), () => Promise.reject(new ServiceError('gone'))];
    const describe = () => {
      if (looks.length === 1) noteStop(stateDir);
      return looks.shift()?.() ?? Promise.reject(new Error('looked again'));
    };
    await expect(followStudy(session(describe), 'tiny@1', display)).rejects.toThrow(words);
  });

  it('the worker alone', async () => {
    let now = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => (now += 5000));
    const describe = () => {
      noteStop(stateDir);
      return Promise.resolve(running);
    };
    await expect(followStudy(session(describe), 'tiny@1', display)).rejects.toThrow(words);
    jest.restoreAllMocks();
  });
});

/** A clone whose worker ends at once. */
function brokenClone(): string {
  const root = path.join(stateDir, 'clone');
  for (const name of ['workflows', 'activities', 'src/cli'])
    mkdirSync(path.join(root, name), { recursive: true });
  for (const name of ['temporal.config.ts', 'package-lock.json'])
    writeFileSync(path.join(root, name), '');
  writeFileSync(path.join(root, 'src/cli/bin.cjs'), 'throw new Error("broken on purpose")');
  return root;
}

it('a worker that cannot be started is reported, once, while the study waits for it', async () => {
  let [looks, later] = [0, 0];
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + later);
  const over = () => looks > 3;
  const describe = () => {
    looks += 1;
    return Promise.resolve({ status: { name: over() ? 'COMPLETED' : 'RUNNING' } });
  };
  /** Asked for between two looks: time for another check of the worker. */
  const result = () => {
    later += 5000;
    return over() ? Promise.resolve(SUMMARY) : Promise.reject(new Error('gone'));
  };
  const said: string[] = [];
  const session = {
    ...sessionOf({ latest: () => Promise.resolve(null) }, clientOf({ describe, result })),
    config: { ...config, root: brokenClone() },
    endpoints: endpointsOf(config),
    say: (text: string) => void said.push(text),
  };
  expect(await followStudy(session, 'tiny@1', display)).toEqual(SUMMARY);
  expect(said).toEqual([expect.stringMatching(/worker ended at once.*broken on purpose/s)]);
  jest.restoreAllMocks();
});
