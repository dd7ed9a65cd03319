import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectClient } from '../../src/temporal/client';
import { SEARCH_ATTRIBUTES } from '../../src/domain/vocabulary';
import { isUp, portsOf } from '../../src/stack/server';
import { openStore, unprobedStore } from '../../src/stack/open-store';
import { embeddedServers, endpointsOf, stopStack } from '../../src/stack/stack';
import { runningWorker } from '../../src/stack/worker-process';
import { openWorkSession } from '../../src/temporal/session';
import { listeningAddresses, ofProcess, processesIn } from '../support/processes';
import { pidOf, testStack, type TestStack } from '../support/stack';

let stack: TestStack;
beforeAll(() => void (stack = testStack()));
afterAll(() => stack.close());

const SERVERS = ['temporal', 's3'] as const;
const pidsOf = ({ config }: TestStack) => SERVERS.map((server) => pidOf(config, server));
const body = new Uint8Array(Buffer.from('1'));

it('Many who ask at once for a cold stack are all given the same servers, which are ready', async () => {
  const starts = Array.from({ length: 4 }, async (_, i) => {
    const store = unprobedStore(await stack.start());
    await store.put(`first/${i}`, body);
    return store.get(`first/${i}`);
  });
  expect(await Promise.all(starts)).toEqual([body, body, body, body]);
  expect(processesIn(stack.config.stateDir).sort()).toEqual(pidsOf(stack).sort());
});

async function describeNamespace() {
  const client = await connectClient(stack.config, endpointsOf(stack.config));
  try {
    const namespace = 'default';
    const { config } = await client.workflowService.describeNamespace({ namespace });
    const { operatorService } = client.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return { config, customAttributes };
  } finally {
    await client.connection.close();
  }
}

describe('a running stack', () => {
  it('is found, not started again', async () => {
    const before = pidsOf(stack);
    stack.said.length = 0;
    expect(await stack.start()).toEqual(endpointsOf(stack.config));
    expect(pidsOf(stack)).toEqual(before);
    expect(stack.said).toEqual([]);
  });

  it('has the search attributes, and keeps closed workflows for 30 days', async () => {
    const { config, customAttributes } = await describeNamespace();
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining([...SEARCH_ATTRIBUTES]));
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });

  it('listens on loopback and nowhere else', () => {
    const addresses = pidsOf(stack).flatMap(listeningAddresses);
    expect(addresses.length).toBeGreaterThan(4);
    expect(addresses.filter((address) => !address.startsWith('0100007F:'))).toEqual([]);
  });

  it('shows its credentials to their owner only', () => {
    const { stateDir } = stack.config;
    const secret = endpointsOf(stack.config).s3.credentials?.secretAccessKey ?? '';
    const holders = readdirSync(stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(secret));
    expect(holders).toContain(path.join(stateDir, 's3-credentials.json'));
    expect(statSync(holders[0] ?? '').mode & 0o777).toBe(0o600);
    expect(holders.filter((file) => statSync(file).mode & 0o077)).toEqual([]);
    const lines = processesIn(stateDir).map((pid) => ofProcess(pid, 'cmdline'));
    expect(lines.length).toBe(2);
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('is probed again after a day, by another version and with other credentials', async () => {
    const endpoints = endpointsOf(stack.config);
    const file = path.join(stack.config.stateDir, 'probed.json');
    const probed = () =>
      JSON.parse(readFileSync(file, 'utf8')) as { subject: string; time: number };
    await openStore(stack.config, endpoints);
    const first = probed();
    await openStore(stack.config, endpoints);
    expect(probed()).toEqual(first);
    const old = first.time - 25 * 3600 * 1000;
    for (const stale of [{ time: old }, { subject: 'of another version' }]) {
      writeFileSync(file, JSON.stringify({ ...first, ...stale }));
      await openStore(stack.config, endpoints);
      expect(probed().subject).toBe(first.subject);
      expect(probed().time).toBeGreaterThanOrEqual(first.time);
    }
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const others = { ...endpoints, s3: { ...endpoints.s3, credentials } };
    await expect(openStore(stack.config, others)).rejects.toThrow(/refuses|denied|credentials/i);
  });

  it('refuses a namespace that its Temporal server does not have, before a worker starts', async () => {
    const { address } = endpointsOf(stack.config).temporal;
    const temporal = { ...stack.config.temporal, address, namespace: 'elsewhere' };
    const config = { ...stack.config, temporal };
    await expect(openWorkSession(config, () => undefined)).rejects.toThrow(
      /^Temporal at \S+ does not accept the namespace "elsewhere" .*TEMPORAL_NAMESPACE.*$/,
    );
    expect(runningWorker(stack.config)).toBeNull();
  });

  it('keeps out who has no credentials', async () => {
    const endpoints = endpointsOf(stack.config);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const store = unprobedStore({ ...endpoints, s3: { ...endpoints.s3, credentials } });
    await expect(store.get('anything')).rejects.toThrow();
  });
});

it('Two stacks run side by side, and one stops without the other', async () => {
  const other = testStack();
  try {
    const endpoints = await other.start();
    const own = endpointsOf(stack.config);
    await unprobedStore(endpoints).put('here', body);
    expect(await unprobedStore(own).get('here')).toBeUndefined();
    expect(endpoints.s3.credentials).not.toEqual(own.s3.credentials);
  } finally {
    await other.close();
  }
  expect(processesIn(other.config.stateDir)).toEqual([]);
  const up = embeddedServers(stack.config).map((server) => isUp(stack.config.stateDir, server));
  expect(await Promise.all(up)).toEqual([true, true]);
});

it('A stack that was stopped has no process left, and comes back on its ports with its data', async () => {
  const { config } = stack;
  const before = endpointsOf(config);
  const ports = SERVERS.map((server) => portsOf(config.stateDir, server));
  await unprobedStore(before).put('kept', body);
  expect(await stopStack(config)).toEqual(['the Temporal server', 'the S3 server']);
  expect(processesIn(config.stateDir)).toEqual([]);
  expect(await stopStack(config)).toEqual([]);
  expect(await stack.start()).toEqual(before);
  expect(SERVERS.map((server) => portsOf(config.stateDir, server))).toEqual(ports);
  expect(await unprobedStore(before).get('kept')).toEqual(body);
});

it('Servers are stopped by a command that is configured to use others', async () => {
  const { s3, temporal } = stack.config;
  const others = {
    s3: { ...s3, embedded: false, endpoint: 'http://127.0.0.1:9' },
    temporal: { ...temporal, address: '127.0.0.1:9' },
  };
  await stack.start();
  const stopped = await stopStack({ ...stack.config, ...others });
  expect(stopped).toEqual(['the Temporal server', 'the S3 server']);
  expect(processesIn(stack.config.stateDir)).toEqual([]);
});
