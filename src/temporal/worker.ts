/**
 * The worker process: polls the task queue and runs workflows and activities until it is stopped.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createActivities } from '../../activities';
import type { Config } from '../config';
import { connectClient } from './client';
import { inheritedFrom } from '../base/environment';
import { cacheOf, openClusters } from '../study/clusters';
import { RemoteCheckpoints } from '../study/remote-checkpoints';
import { openDataset } from '../dataset/log';
import { makeFolderSync } from '../base/folders';
import { heartbeats } from './heartbeat';
import { manifestsOf } from '../study/manifests';
import { startLearning } from '../study/learning';
import { openChannels } from '../study/notify';
import { knownHead } from '../stack/known-head';
import { openAddresses, openStore } from '../stack/open-store';
import type { StackEndpoints } from '../stack/stack';
import { writeState } from '../stack/state';

/** Every running job of the widest window may hold one, and holds nothing but a timer. */
const MAX_ACTIVITIES = 2000;
const MAX_CACHED_WORKFLOWS = 500;
/** Short compared with a job; of hundreds of jobs that end together it makes a few log entries. */
const GATHER_MS = 50;

export interface WorkerOptions {
  readonly build: string;
  /** Called when the worker starts polling. */
  readonly ready: () => void;
}
/** Runs until SIGTERM or SIGINT. Running jobs continue: the next worker finds them by name. */
export async function runWorker(
  config: Config,
  endpoints: StackEndpoints,
  { build, ready }: WorkerOptions,
): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGTERM', 'SIGINT'] });
  const { address, namespace } = endpoints.temporal;
  const client = await connectClient(config, endpoints);
  const connection = await NativeConnection.connect({ ...config.temporal.connection, address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: config.temporal.taskQueue,
    buildId: build,
    workflowBundle: await workflowBundle(config, build),
    activities: await activities(config, endpoints, client),
    interceptors: { activity: [(context) => heartbeats(context)] },
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    shutdownGraceTime: '1 second',
    shutdownForceTime: '10 seconds',
  });
  ready();
  try {
    await worker.run();
  } finally {
    await connection.close();
    await client.connection.close();
  }
}

async function activities(config: Config, endpoints: StackEndpoints, client: Client) {
  const store = await openStore(config, endpoints);
  return createActivities({
    store,
    dataset: openDataset(store, { gatherMs: GATHER_MS, known: knownHead(config, endpoints) }),
    clusters: openClusters(config),
    recipes: config.recipes,
    manifests: manifestsOf(config),
    remote: new RemoteCheckpoints(openAddresses(config, endpoints), cacheOf(config)),
    describeWorkflow: (workflowId) => describeWorkflow(client, workflowId),
    startLearning: (learners, signal) => startLearning(config, learners, signal),
    channels: openChannels(config.notify, inheritedFrom(config.environment)),
  });
}

async function describeWorkflow(client: Client, workflowId: string) {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' ? 'running' : 'closed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unknown';
    throw error;
  }
}

/** Bundling takes seconds, so the bundle of each build is cached. */
async function workflowBundle(config: Config, build: string): Promise<WorkflowBundleOption> {
  const folder = path.join(config.stateDir, 'bundles');
  const codePath = path.join(folder, `${build}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(config.root, 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  makeFolderSync(folder);
  for (const old of readdirSync(folder)) rmSync(path.join(folder, old), { force: true });
  writeState(folder, `${build}.js`, code);
  return { codePath };
}
