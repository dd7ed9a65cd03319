/** Clusters of the Slurm that `npm run test:slurm` started, in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkedClusters, type ClusterSettings } from '../../src/cluster/settings';
import type { SlurmSettings } from '../../src/cluster/slurm/settings';
import { SlurmCluster } from '../../src/cluster/slurm/slurm-cluster';
import { unstarted } from '../../src/cluster/disk/job-state';
import type { ProcessIdentity } from '../../src/base/processes';
import { PYTHON, until } from './jobs';

const SCRIPT = path.resolve(__dirname, '../../infra/slurm/slurm.sh');

export type SlurmChanges = Partial<Extract<ClusterSettings, { kind: 'slurm' }>>;

export interface OpenedSlurmCluster {
  readonly cluster: SlurmCluster;
  readonly root: string;
  readonly python: string;
  /** The same folder as another process sees it. */
  another(changes?: SlurmChanges): SlurmCluster;
  /** The same folder, with other programs. */
  withEnvironment(environment: NodeJS.ProcessEnv): SlurmCluster;
  /** Writes down that a job is lost, as one does who can no longer see its node. */
  declareLost(name: string): void;
  /** Ends all jobs and removes the folder. */
  close(): Promise<void>;
}

/** Slurm is asked often and believed soon, so that tests are quick. */
const QUICK: SlurmChanges = { poll_seconds: 0.4, grace_seconds: 6 };

export function openSlurmCluster(
  changes: SlurmChanges = {},
  environment: NodeJS.ProcessEnv = slurmEnvironment(),
  python = PYTHON,
): OpenedSlurmCluster {
  const root = mkdtempSync(path.join(os.tmpdir(), 'foretune-slurm-'));
  const options = { name: 'slurm', root, cacheDir: path.join(root, 'cache'), python, environment };
  const another = (others: SlurmChanges = {}) =>
    new SlurmCluster({ ...options, settings: settingsOf({ ...changes, ...others }) });
  const cluster = another();
  return {
    ...{ cluster, root, python, another },
    withEnvironment: (other) =>
      new SlurmCluster({ ...options, environment: other, settings: settingsOf(changes) }),
    declareLost: (name) => {
      const exit = { ...unstarted('node_failure'), settled: true, reason: 'lost' };
      writeFileSync(
        path.join(root, 'jobs', name, 'control', '1', 'exit.json'),
        JSON.stringify(exit),
      );
    },
    close: async () => {
      await Promise.all((await cluster.live()).map((name) => cluster.cancel(name)));
      await until(
        async () => (await cluster.live()).length === 0,
        () => 'all jobs to end',
      );
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Programs that come before Slurm's own on PATH. */
export function programsWith(scripts: Readonly<Record<string, string>>): {
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
} {
  const bin = mkdtempSync(path.join(os.tmpdir(), 'foretune-bin-'));
  for (const [name, script] of Object.entries(scripts)) {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const environment = { ...slurmEnvironment(), PATH: `${bin}:${process.env.PATH}` };
  return { environment, remove: () => rmSync(bin, { recursive: true }) };
}

/** The leader of a job. */
export function identityIn(cluster: SlurmCluster, name: string): ProcessIdentity {
  const file = path.join(cluster.folder(name).dir, 'control', '1', 'wrapper.json');
  return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
}

export function settingsOf(changes: SlurmChanges = {}): SlurmSettings {
  const { slurm } = checkedClusters({ slurm: { kind: 'slurm', ...QUICK, ...changes } });
  if (slurm?.kind !== 'slurm') throw new Error('no settings of Slurm');
  return slurm;
}

export function slurmEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, USER, SLURM_CONF } = process.env;
  return { PATH, HOME, USER, SLURM_CONF };
}

/** One of Slurm's own programs. */
export function slurm(program: string, ...args: string[]): string {
  return execFileSync(program, args, { env: slurmEnvironment() }).toString().trim();
}

/**
 * Waits until a node that was declared down takes jobs again. Slurm may go on to call an empty one
 * `mix`, when it was declared down in the second in which its job began, and `plnd`, for a job that
 * has gone elsewhere.
 */
export async function untilNodeBack(node: string): Promise<void> {
  let state = '';
  await until(
    () => {
      state = slurm('sinfo', '-h', '-n', node, '-p', 'wide', '-o', '%t');
      if (state.startsWith('down') || state.startsWith('dr')) resume(node);
      return ['idle', 'plnd', 'mix'].includes(state);
    },
    () => `${node} to be back; it is ${state}`,
  );
}

/** One that is still clearing up takes no orders. */
function resume(node: string): void {
  try {
    slurm('scontrol', 'update', `nodename=${node}`, 'state=resume');
  } catch {
    // the next look tries again
  }
}

/** A command of infra/slurm/slurm.sh for the Slurm under test. */
export function slurmService(command: 'start' | 'restart-controller' | 'stop-controller'): void {
  const folder = path.resolve(process.env.SLURM_CONF ?? '', '../..');
  execFileSync(SCRIPT, [command, folder], { env: { ...slurmEnvironment() }, stdio: 'ignore' });
}

/** Waits until accounting, which comes late, has every one of these jobs. */
export async function untilAccounted(ids: readonly string[]): Promise<void> {
  let missing = ids;
  await until(
    () => {
      const known = slurm('sacct', '-X', '-n', '-P', '-o', 'JobID', '-S', 'now-1days').split('\n');
      missing = ids.filter((id) => !known.includes(id));
      return !missing.length;
    },
    () => `accounting to know ${missing.join(', ')}`,
  );
}
