/**
 * The detached worker of a clone. Its build id is the digest of the code it runs: a client with
 * different code lets it finish the records in progress, and replaces it. Jobs continue meanwhile.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CLUSTER_KINDS } from '../cluster/kinds';
import type { Config } from '../config';
import { StackError } from '../base/errors';
import { sizeOf } from '../base/file-tail';
import { fingerprint, sha256, sourceDigest } from '../base/fingerprint';
import {
  isAlive,
  pause,
  ProcessIdentitySchema,
  spawnDetached,
  terminate,
  type ProcessIdentity,
} from '../base/processes';
import { AWS_VARIABLES } from './s3-client';
import { endOf, logFile } from './server';
import type { StackEndpoints } from './stack';
import { readState, removeState, withLock, writeState } from './state';

/** The pid alone, so that `kill $(cat .foretune/worker.pid)` works. */
const PID_FILE = 'worker.pid';
const WORKER_FILE = 'worker.json';
const READY_FILE = 'worker-ready.json';

const READY_WITHIN_MS = 90_000;
const DRAIN_MS = 30_000;
const NAMED_WITHIN_MS = 5000;

const WorkerSchema = ProcessIdentitySchema.extend({ build: z.string() });
export type WorkerRecord = z.infer<typeof WorkerSchema>;

/** Builds that cannot run. A command that follows a study asks for its worker again and again. */
const refused = new Map<string, StackError>();

const CODE = ['temporal.config.ts', 'package-lock.json', 'workflows', 'activities', 'src'];

/**
 * Digest of the worker's code, its servers and its credentials: new credentials need a new worker.
 * Secrets are included as digests, since certificates are bytes, not JSON.
 */
export function buildId(config: Config, endpoints: StackEndpoints): string {
  const code = CODE.map((name) => sourceDigest(path.join(config.root, name)));
  const { temporal, s3 } = endpoints;
  const servers = [temporal.address, temporal.namespace, s3.endpoint, s3.bucket, s3.prefix];
  const access = sha256(
    JSON.stringify([
      s3.region,
      s3.credentials,
      config.temporal.connection,
      config.notify,
      // Which clusters it reaches.
      CLUSTER_KINDS.flatMap(({ variables }) => variables.map((name) => config.environment[name])),
      Object.keys(config.buckets).length ? AWS_VARIABLES.map((one) => config.environment[one]) : [],
    ]),
  );
  const recipes = Object.values(config.recipes).map(({ environment }) => environment);
  return fingerprint({ code, servers, access, recipes }).slice(0, 16);
}

/** The running worker, or null. */
export function runningWorker(config: Config): WorkerRecord | null {
  const record = readState(config.stateDir, WORKER_FILE, WorkerSchema);
  return record && isAlive(record) ? record : null;
}

/** Returns the running worker of this code, or starts one and waits until it polls. */
export async function ensureWorker(
  config: Config,
  endpoints: StackEndpoints,
  say: (text: string) => void,
): Promise<void> {
  const build = buildId(config, endpoints);
  if (isReady(config, build)) return;
  await withLock(config.stateDir, 'worker', async () => {
    if (isReady(config, build)) return;
    const old = runningWorker(config);
    if (old && old.build !== build) {
      const known = refused.get(build);
      if (known) throw known;
      say('The code, the servers or their credentials changed: replacing the worker ...');
      await proveCode(config, build);
      await stopWorker(config);
    }
    await startWorker(config, build);
  });
}

/** Lets the worker finish the records in progress, then stops it. False if none was running. */
export async function stopWorker(config: Config): Promise<boolean> {
  const worker = runningWorker(config);
  if (worker) await terminate(worker, DRAIN_MS);
  for (const file of [PID_FILE, WORKER_FILE, READY_FILE]) removeState(config.stateDir, file);
  return worker !== null;
}

/**
 * Registers a worker that was started by hand, unless another one is running: the user who started
 * it also stops it, and the other one must stay registered so that it can be stopped.
 */
export function announceWorker(config: Config, build: string, identity: ProcessIdentity): void {
  const known = runningWorker(config);
  if (known && known.pid !== identity.pid) return;
  writeState(config.stateDir, WORKER_FILE, { ...identity, build });
  writeState(config.stateDir, PID_FILE, `${identity.pid}\n`);
  writeState(config.stateDir, READY_FILE, identity);
}

/**
 * Whether a detached worker is the registered one. The process that starts it registers it at once.
 * If that process is killed first, the worker registers itself, unless another worker was started
 * meanwhile.
 */
export async function takePlace(
  config: Config,
  build: string,
  identity: ProcessIdentity,
): Promise<boolean> {
  const known = () => runningWorker(config);
  for (const end = Date.now() + NAMED_WITHIN_MS; !known() && Date.now() < end; await pause(50));
  if (!known())
    await withLock(config.stateDir, 'worker', async () => {
      if (!known()) writeState(config.stateDir, WORKER_FILE, { ...identity, build });
      await Promise.resolve();
    });
  return known()?.pid === identity.pid;
}

function isReady(config: Config, build: string): boolean {
  const worker = runningWorker(config);
  const ready = readState(config.stateDir, READY_FILE, ProcessIdentitySchema);
  return worker?.build === build && ready?.pid === worker.pid && ready.started === worker.started;
}

/**
 * Loads the code and bundles the workflows in a process of its own, so that a worker in good health
 * is not given up for code that cannot run. Throws StackError.
 */
async function proveCode(config: Config, build: string): Promise<void> {
  const options = { env: config.environment, cwd: config.root, timeout: READY_WITHIN_MS };
  try {
    await promisify(execFile)(process.execPath, workerCommand(config, '--prove'), options);
  } catch (cause) {
    const { stderr } = cause as { readonly stderr?: string };
    const error = new StackError(
      `The changed code cannot run, so the previous worker continues:\n${stderr?.trim() || String(cause)}`,
      { cause },
    );
    refused.set(build, error);
    throw error;
  }
}

function workerCommand({ root }: Config, option: string): string[] {
  return [path.join(root, 'src', 'cli', 'bin.cjs'), 'worker', option];
}

async function startWorker(config: Config, build: string): Promise<void> {
  const file = logFile(config.stateDir, 'worker');
  const known = runningWorker(config);
  const log = { file, from: known ? 0 : sizeOf(file) };
  const identity =
    known ??
    (await spawnDetached(process.execPath, workerCommand(config, '--detached'), {
      env: config.environment,
      log: file,
      cwd: config.root,
    }));
  writeState(config.stateDir, WORKER_FILE, { ...identity, build });
  writeState(config.stateDir, PID_FILE, `${identity.pid}\n`);
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await pause(50)) {
    if (isReady(config, build)) return;
    if (!isAlive(identity)) throw new StackError(`The worker ended at once. ${endOf(log)}`);
  }
  throw new StackError(`The worker is not ready after ${READY_WITHIN_MS / 1000} s. ${endOf(log)}`);
}
