/** Checks of an installation, each with advice on how to correct a failure. */
import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { inheritedFrom, programFile } from '../base/environment';
import { ok, type Finding } from '../base/finding';
import type { Config } from '../config';
import { connectClient } from '../temporal/client';
import { openDataset, type Dataset } from '../dataset/log';
import { probeStore } from '../dataset/probe';
import { SEARCH_ATTRIBUTES } from '../domain/vocabulary';
import { isAlive } from '../base/processes';
import { check, type Check } from './check';
import { clusterChecks } from './check-clusters';
import { recipeChecks } from './check-recipes';
import { knownHead } from './known-head';
import { unprobedStore } from './open-store';
import { identityOf, isUp, logFile, type ServerSpec } from './server';
import { embeddedServers, endpointsOf, type StackEndpoints } from './stack';
import { buildId, runningWorker } from './worker-process';

const IDLE = { status: 'idle', detail: 'started by: npx foretune up' } as const;
const ENOUGH_BYTES = 2e9;
const RETENTION_SECONDS = 30 * 86_400;

/** Of the embedded server, which has no way to refuse a local user. */
const TEMPORAL_ACCESS: Check = {
  part: 'Temporal access',
  ...ok('any user of this machine; if you share it, set TEMPORAL_ADDRESS to a server of your own'),
};

/** Starts nothing: an embedded server that is not running is `idle`. */
export async function runChecks(config: Config): Promise<Check[]> {
  const checks = [
    await check('Node', () => Promise.resolve(ok(process.versions.node)), ''),
    await check('Python', () => pythonVersion(config), 'Run: node infra/setup.mjs'),
    await check('disk', () => freeSpace(config), 'Free some space, or set FORETUNE_STATE_DIR.'),
  ];
  return [
    ...checks,
    ...(await recipeChecks(config)),
    ...(await clusterChecks(config)),
    ...(await notifyChecks(config)),
    ...(await serverChecks(config, 'temporal', () => temporalChecks(config, endpointsOf(config)))),
    ...(await serverChecks(config, 's3', () => s3Checks(config, endpointsOf(config)))),
    worker(config),
  ];
}

const PARTS = { temporal: 'Temporal', s3: 'S3' } as const;

/** Each server is checked separately, so that one that is down does not hide the other. */
async function serverChecks(
  config: Config,
  name: ServerSpec['name'],
  checks: () => Promise<Check[]>,
): Promise<Check[]> {
  const embedded = embeddedServers(config).find((server) => server.name === name);
  if (!embedded || (await isUp(config.stateDir, embedded))) return checks();
  const part = PARTS[name];
  const process = identityOf(config.stateDir, name);
  if (!process) return [{ part, ...IDLE }];
  const detail = isAlive(process)
    ? `process ${process.pid} does not answer`
    : `process ${process.pid} has exited, and was not stopped by: npx foretune down`;
  const advice = `Run: npx foretune up. Its last messages: ${logFile(config.stateDir, name)}`;
  return [{ part, status: 'failed', detail, advice }];
}

async function pythonVersion({ python }: Config): Promise<Finding> {
  const code =
    'import sys, jax, pyarrow; print(sys.version.split()[0], "with jax", jax.__version__)';
  const { stdout } = await promisify(execFile)(python, ['-c', code], { timeout: 60_000 });
  return ok(stdout.trim());
}

async function freeSpace({ root, stateDir }: Config): Promise<Finding> {
  const { bavail, bsize } = await statfs(stateDir).catch(() => statfs(root));
  const bytes = bavail * bsize;
  const detail = `${(bytes / 1e9).toFixed(1)} GB free at ${stateDir}`;
  if (bytes < ENOUGH_BYTES) throw new Error(`${detail}, expected 2 GB or more`);
  return ok(detail);
}

/** A webhook is not called, since it would treat the check as a notification. */
async function notifyChecks(config: Config): Promise<Check[]> {
  const [program] = config.notify.command ?? [];
  if (program === undefined) return [];
  const advice = 'Correct `notify` in temporal.config.ts: its program is started without a shell.';
  return [await check('notifications', () => findProgram(config, program), advice)];
}

async function findProgram(config: Config, program: string): Promise<Finding> {
  const file = await programFile(inheritedFrom(config.environment), program);
  if (file === null) throw new Error(`there is no program "${program}" to notify of a study's end`);
  return ok(file);
}

async function temporalChecks(config: Config, endpoints: StackEndpoints): Promise<Check[]> {
  let client: Client | undefined;
  const reach = await check(
    'Temporal',
    async () => {
      client = await connectClient(config, endpoints);
      await client.workflowService.describeNamespace({ namespace: endpoints.temporal.namespace });
      return ok(`${endpoints.temporal.address}, namespace ${endpoints.temporal.namespace}`);
    },
    'Run: npx foretune down && npx foretune up. For a server of your own check TEMPORAL_ADDRESS, namespace and credentials.',
  );
  if (!client || reach.status !== 'ok') return [reach];
  const own = client;
  try {
    return [
      reach,
      await check(
        'search attributes',
        () => searchAttributes(own, endpoints),
        registerCommands(endpoints),
      ),
      await check('retention', () => retention(own, endpoints), retentionCommand(endpoints)),
      ...(endpoints.temporal.ui === null ? [] : [TEMPORAL_ACCESS]),
    ];
  } finally {
    await own.connection.close();
  }
}

async function searchAttributes(client: Client, endpoints: StackEndpoints): Promise<Finding> {
  const { namespace } = endpoints.temporal;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace,
  });
  const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in customAttributes));
  if (missing.length)
    throw new Error(`${missing.join(', ')} not registered in namespace ${namespace}`);
  return ok(SEARCH_ATTRIBUTES.join(', '));
}

function registerCommands({ temporal }: StackEndpoints): string {
  return SEARCH_ATTRIBUTES.map(
    (name) =>
      `temporal operator search-attribute create --address ${temporal.address} --namespace ${temporal.namespace} --name ${name} --type Keyword`,
  ).join('\n  ');
}

async function retention(client: Client, { temporal }: StackEndpoints): Promise<Finding> {
  const { config } = await client.workflowService.describeNamespace({
    namespace: temporal.namespace,
  });
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  const days = `${Math.round(seconds / 86_400)} days`;
  if (seconds < RETENTION_SECONDS && temporal.ui)
    throw new Error(`closed workflows are kept for ${days}, expected 30 days`);
  return ok(`closed workflows are kept for ${days}`);
}

function retentionCommand({ temporal }: StackEndpoints): string {
  return `temporal operator namespace update --address ${temporal.address} --namespace ${temporal.namespace} --retention 720h`;
}

async function s3Checks(config: Config, endpoints: StackEndpoints): Promise<Check[]> {
  const store = unprobedStore(endpoints);
  const reach = await check(
    'S3',
    async () => {
      await probeStore(store);
      return ok(`${endpoints.s3.endpoint ?? 'AWS'}, ${store.uri}, conditional writes work`);
    },
    'Run: npx foretune down && npx foretune up. For a store of your own check S3_ENDPOINT, FORETUNE_DATASET and the credentials.',
  );
  if (reach.status !== 'ok') return [reach];
  const known = knownHead(config, endpoints);
  const advice = 'Find all damage with: npx foretune data fsck';
  return [
    reach,
    await check('dataset', () => newestVersion(openDataset(store, { known })), advice),
  ];
}

/** The log's end as this machine remembers it, and the chain of the newest entries. */
async function newestVersion(dataset: Dataset): Promise<Finding> {
  const version = await dataset.version();
  return ok(`version ${version}, as it was recorded`);
}

function worker(config: Config): Check {
  const part = 'worker';
  const running = runningWorker(config);
  if (!running) return { part, ...IDLE };
  const current = running.build === buildId(config, endpointsOf(config));
  const stale = current
    ? ''
    : ', started with different code or settings: the next command replaces it';
  return { part, ...ok(`process ${running.pid}, build ${running.build}${stale}`) };
}
