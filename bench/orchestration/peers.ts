/** Other systems, each in its own environment, that run the same number of no-op steps. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../src/config';

export const PEERS = ['prefect', 'dagster', 'metaflow'] as const;
type Peer = (typeof PEERS)[number];

const ResultSchema = z.object({ seconds: z.number().positive() });
/** Each keeps its state in this folder, with telemetry off. */
const HOMES = {
  prefect: (home: string) => ({
    PREFECT_HOME: home,
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: '120',
    PREFECT_LOGGING_LEVEL: 'ERROR',
  }),
  dagster: (home: string) => ({ DAGSTER_HOME: home, DAGSTER_DISABLE_TELEMETRY: '1' }),
  metaflow: (home: string) => ({
    METAFLOW_DATASTORE_SYSROOT_LOCAL: home,
    METAFLOW_DEFAULT_METADATA: 'local',
    METAFLOW_USER: 'bench',
  }),
};

export function runPeer(peer: Peer, variants: number, stages: number): Promise<number> {
  const state = path.join(loadConfig().stateDir, 'bench', peer);
  const python = install(peer, state);
  const home = path.join(state, 'home');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const script = path.join(__dirname, `${peer}_side.py`);
  const output = execFileSync(python, [script, String(variants), String(stages)], {
    cwd: home,
    env: { ...process.env, ...HOMES[peer](home) },
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 2 ** 20,
    encoding: 'utf8',
  });
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  return Promise.resolve(ResultSchema.parse(JSON.parse(last)).seconds);
}

/**
 * The stamp is a copy of the lock file: an install that was interrupted or is out of date is
 * repeated.
 */
function install(peer: Peer, state: string): string {
  const lock = path.join(__dirname, `${peer}.lock`);
  const environment = path.join(state, 'environment');
  const stamp = path.join(environment, 'installed.lock');
  const python = path.join(environment, 'bin', 'python');
  if (readText(stamp) === readText(lock)) return python;
  console.error(`Installing ${peer} into ${environment} ...`);
  execFileSync(loadConfig().python, ['-m', 'venv', '--clear', environment]);
  const flags = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps'];
  execFileSync(python, ['-m', 'pip', 'install', ...flags, '-r', lock], { stdio: 'inherit' });
  copyFileSync(lock, stamp);
  return python;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
