import { rmSync } from 'node:fs';
import path from 'node:path';
import { environmentOf } from '../../src/stack/client-environment';
import type { Check } from '../../src/stack/check';
import { runChecks } from '../../src/stack/doctor';
import { terminate, type ProcessIdentity } from '../../src/base/processes';
import { identityOf, stopServer } from '../../src/stack/server';
import { endpointsOf } from '../../src/stack/stack';
import { loadConfig, type Config } from '../../src/config';
import { processesIn } from '../support/processes';
import { testStack, type TestStack } from '../support/stack';

/** Recipes and clusters are no matter of the stack: their checks have tests of their own. */
let stack: TestStack;
beforeAll(() => {
  const made = testStack();
  stack = { ...made, config: bare(made.config) };
});
afterAll(() => stack.close());

const bare = (config: Config): Config => ({ ...config, clusters: {}, recipes: {} });
const checkOf = async (config: Config, part: string): Promise<Check | undefined> =>
  (await runChecks(config)).find((check) => check.part === part);

it('A stack that was never started is idle, and is not started by the look at it', async () => {
  for (const part of ['Temporal', 'S3', 'worker'])
    expect(await checkOf(stack.config, part)).toMatchObject({ status: 'idle' });
  expect(processesIn(stack.config.stateDir)).toEqual([]);
});

it('Every part of a running stack is well, but for the worker, which is started on demand', async () => {
  await stack.start();
  const checks = await runChecks(stack.config);
  const parts = ['Node', 'Python', 'disk', 'Temporal', 'search attributes', 'retention'];
  const rest = ['Temporal access', 'S3', 'dataset', 'worker'];
  expect(checks.map(({ part }) => part)).toEqual([...parts, ...rest]);
  expect(checks.filter(({ status }) => status !== 'ok')).toMatchObject([
    { part: 'worker', status: 'idle' },
  ]);
});

it('A Python without its packages is named, with the command that brings them', async () => {
  const config = { ...stack.config, python: path.join(stack.config.stateDir, 'no-python') };
  expect(await checkOf(config, 'Python')).toMatchObject({
    status: 'failed',
    advice: expect.stringContaining('infra/setup.mjs') as string,
  });
});

it.each([
  ['true', 'ok', '/true'],
  ['no-such-program', 'failed', 'no-such-program'],
])('A program for notifications %s is %s', async (program, status, detail) => {
  const config = { ...stack.config, notify: { command: [program] } };
  const found = await checkOf(config, 'notifications');
  expect(found).toMatchObject({ status, detail: expect.stringContaining(detail) as string });
});

/** As another clone sees the servers of this stack, and as a person sees servers of their own. */
describe('External servers', () => {
  let folder: string;
  const external = (changes: NodeJS.ProcessEnv = {}): Config => {
    folder = path.join(stack.config.stateDir, 'other');
    const { PATH } = process.env;
    const variables = environmentOf(endpointsOf(stack.config));
    const own = { PATH, HOME: folder, FORETUNE_STATE_DIR: folder };
    return bare(loadConfig({ ...own, ...variables, ...changes }));
  };
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('that are well are reported well', async () => {
    const checks = await runChecks(external());
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    const parts = checks.map(({ part }) => part);
    expect(parts).toContain('S3');
    expect(parts).not.toContain('Temporal access');
  });

  it.each([
    ['wrong credentials', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'S3', 'credentials'],
    ['an S3 server that is down', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 'S3', 'S3_ENDPOINT'],
    [
      'a Temporal that is down',
      { TEMPORAL_ADDRESS: '127.0.0.1:9' },
      'Temporal',
      'TEMPORAL_ADDRESS',
    ],
    ['a namespace of nobody', { TEMPORAL_NAMESPACE: 'nobody' }, 'Temporal', 'namespace'],
  ])('%s fails its check and no other', async (_, changes, part, advice) => {
    const checks = await runChecks(external(changes));
    const failed = checks.filter(({ status }) => status === 'failed');
    expect(failed.map((check) => check.part)).toEqual([part]);
    expect(failed[0]?.advice).toContain(advice);
    expect(failed[0]?.detail).not.toContain('wrong');
  });
});

describe('Of two servers of which one is down', () => {
  const judged = async (config: Config) => {
    const checks = await runChecks(config);
    const status = (name: string) => checks.find(({ part }) => part === name)?.status;
    return { Temporal: status('Temporal'), S3: status('S3') };
  };
  beforeAll(() => stack.start());
  afterEach(() => stack.start());

  it('the one that was stopped is idle, and the other one is well', async () => {
    await stopServer(stack.config.stateDir, 's3');
    expect(await judged(stack.config)).toEqual({ Temporal: 'ok', S3: 'idle' });
  });

  it('the one that died has failed, with the command that starts it', async () => {
    await terminate(identityOf(stack.config.stateDir, 'temporal') as ProcessIdentity, 5_000);
    expect(await judged(stack.config)).toEqual({ Temporal: 'failed', S3: 'ok' });
    expect(await checkOf(stack.config, 'Temporal')).toMatchObject({
      advice: expect.stringContaining('npx foretune up') as string,
    });
  });

  it.each([
    ['Temporal', 'AWS_ENDPOINT_URL', { Temporal: 'failed', S3: 'idle' }],
    ['S3', 'TEMPORAL_ADDRESS', { Temporal: 'idle', S3: 'failed' }],
  ])('an external %s is checked beside an embedded one at rest', async (_, unset, expected) => {
    const folder = path.join(stack.config.stateDir, 'at-rest');
    const external = { TEMPORAL_ADDRESS: '127.0.0.1:9', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const variables = { HOME: folder, FORETUNE_STATE_DIR: folder, ...external, [unset]: '' };
    expect(await judged(loadConfig(variables))).toEqual(expected);
  });
});
