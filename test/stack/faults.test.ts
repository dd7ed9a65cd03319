import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { connectClient } from '../../src/temporal/client';
import { isAlive } from '../../src/base/processes';
import { unprobedStore } from '../../src/stack/open-store';
import { identityOf, portsOf, stopServer } from '../../src/stack/server';
import { endpointsOf } from '../../src/stack/stack';
import { until } from '../support/jobs';
import { pidOf, testStack, type TestStack } from '../support/stack';

let stack: TestStack;
beforeAll(async () => {
  stack = testStack();
  await stack.start();
});
afterAll(() => stack.close());
beforeEach(() => void (stack.said.length = 0));

const SERVERS = ['temporal', 's3'] as const;
const kept = () => unprobedStore(endpointsOf(stack.config)).get('kept');
const body = new Uint8Array(Buffer.from('1'));

async function withTemporal<T>(
  work: (client: Awaited<ReturnType<typeof connectClient>>) => Promise<T>,
): Promise<T> {
  const client = await connectClient(stack.config, endpointsOf(stack.config));
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}

async function kill(server: (typeof SERVERS)[number]): Promise<void> {
  const identity = identityOf(stack.config.stateDir, server);
  if (!identity) throw new Error(`there is no ${server} server`);
  process.kill(identity.pid, 'SIGKILL');
  await until(
    () => !isAlive(identity),
    () => `${server} to end`,
  );
}

it('Killed servers are started again, with their objects and workflows', async () => {
  await unprobedStore(endpointsOf(stack.config)).put('kept', body);
  await withTemporal((client) =>
    client.workflow.start('waiting', { workflowId: 'kept', taskQueue: 'nobody' }),
  );
  await Promise.all(SERVERS.map(kill));
  await stack.start();
  expect(stack.said).toEqual(['Starting the Temporal server and the S3 server ...']);
  expect(await kept()).toEqual(body);
  const { status } = await withTemporal((client) => client.workflow.getHandle('kept').describe());
  expect(status.name).toBe('RUNNING');
});

it('Only the server that is gone is started again', async () => {
  const temporal = pidOf(stack.config, 'temporal');
  await kill('s3');
  await stack.start();
  expect(pidOf(stack.config, 'temporal')).toBe(temporal);
  expect(await kept()).toEqual(body);
});

describe('A server whose port was taken', () => {
  let stranger: Server;
  afterEach(() => void stranger.close());

  it('moves to another one, says so, and keeps its data', async () => {
    const { config } = stack;
    const before = portsOf(config.stateDir, 's3')?.s3;
    await stopServer(config.stateDir, 's3');
    stranger = createServer().listen(before, '127.0.0.1');
    await once(stranger, 'listening');
    const { s3 } = await stack.start();
    expect(s3.endpoint).not.toBe(`http://127.0.0.1:${before}`);
    expect(stack.said.filter((line) => line.includes('port'))).toEqual([
      'A port of the S3 server is in use by another program; the server moves to new ports.',
    ]);
    expect(await kept()).toEqual(body);
  });
});

describe('A state file', () => {
  const write = (name: string, text: string) =>
    writeFileSync(path.join(stack.config.stateDir, name), text);

  it('that names a process which has taken the pid of the server leaves that one alone', async () => {
    await stopServer(stack.config.stateDir, 's3');
    write('s3.json', JSON.stringify({ pid: process.pid, started: 'before the last boot' }));
    await stack.start();
    expect(pidOf(stack.config, 's3')).not.toBe(process.pid);
    expect(await kept()).toEqual(body);
  });

  it.each([
    ['of a pid that is gone', { 's3.json': '{"pid":4194304,"started":"1"}' }],
    ['with half a line', { 's3.json': '{"pid":' }],
    ['of other JSON', { 's3.json': '[]', 's3-ports.json': '"ports"' }],
    ['of ports with some missing', { 's3-ports.json': '{"s3":1}' }],
    ['that is empty', { 's3-ports.json': '', 'probed.json': '' }],
  ])('%s is survived', async (_, files) => {
    await stopServer(stack.config.stateDir, 's3');
    for (const [name, text] of Object.entries(files)) write(name, text);
    await stack.start();
    expect(await kept()).toEqual(body);
  });
});
