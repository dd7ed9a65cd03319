/** Clusters of the Slurm that `npm run test:slurm` started, in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  checkedClusters,
  type ClusterSettings,
  type SlurmSettings,
} from '../../src/cluster/settings';
import { SlurmCluster } from '../../src/cluster/slurm/slurm-cluster';
import { PYTHON, until } from './jobs';

const SCRIPT = path.resolve(__dirname, '../../infra/slurm/slurm.sh');

export type SlurmChanges = Partial<Extract<ClusterSettings, { kind: 'slurm' }>>;

export interface OpenedSlurmCluster {
  readonly cluster: SlurmCluster;
  readonly root: string;
  readonly python: string;
  /** The same folder as another process sees it. */
  another(changes?: SlurmChanges): SlurmCluster;
  /** Ends all jobs and removes the folder. */
  close(): Promise<void>;
}

/** Slurm is asked often and believed soon, so that tests are quick. */
const QUICK: SlurmChanges = { poll_seconds: 0.4, grace_seconds: 6 };

export function openSlurmCluster(
  changes: SlurmChanges = {},
  environment: NodeJS.ProcessEnv = slurmEnvironment(),
): OpenedSlurmCluster {
  const root = mkdtempSync(path.join(os.tmpdir(), 'foretune-slurm-'));
  const another = (others: SlurmChanges = {}) => {
    const settings = settingsOf({ ...changes, ...others });
    return new SlurmCluster({ name: 'slurm', root, settings, python: PYTHON, environment });
  };
  const cluster = another();
  const close = async () => {
    await Promise.all((await cluster.live()).map((name) => cluster.cancel(name)));
    await until(
      async () => (await cluster.live()).length === 0,
      () => 'all jobs to end',
    );
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  return { cluster, root, python: PYTHON, another, close };
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

/** A command of infra/slurm/slurm.sh for the Slurm under test. */
export function slurmService(command: 'start' | 'restart-controller' | 'kill-controller'): void {
  const folder = path.resolve(process.env.SLURM_CONF ?? '', '../..');
  execFileSync(SCRIPT, [command, folder], { env: { ...slurmEnvironment() }, stdio: 'ignore' });
}
