/** The clusters that temporal.config.ts names, opened. */
import path from 'node:path';
import type { Config } from '../config';
import type { ClusterEntry } from '../../activities';
import type { Cluster } from '../cluster/cluster';
import { LocalCluster } from '../cluster/local/local-cluster';
import type { ClusterConfig, SlurmSettings } from '../cluster/settings';
import { SlurmCluster } from '../cluster/slurm/slurm-cluster';

/** All that jobs, and the program that is told of a study's end, see of the user's environment: never credentials. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

export function inheritedEnvironment({ environment }: Config): NodeJS.ProcessEnv {
  return Object.fromEntries(INHERITED.map((name) => [name, environment[name]]));
}

/** Slurm's programs find their cluster, and ssh its key, by variables that no job needs. */
export function schedulerEnvironment(config: Config): NodeJS.ProcessEnv {
  const { SLURM_CONF, SSH_AUTH_SOCK } = config.environment;
  return { ...inheritedEnvironment(config), SLURM_CONF, SSH_AUTH_SOCK };
}

export function openClusters(config: Config): ReadonlyMap<string, ClusterEntry> {
  return new Map(
    Object.entries(config.clusters).map(([name, settings]) => [name, open(config, name, settings)]),
  );
}

function open(config: Config, name: string, settings: ClusterConfig): ClusterEntry {
  const root = path.join(config.stateDir, 'clusters', name);
  switch (settings.kind) {
    case 'local':
      return { ...settings, cluster: openLocal(config, name, root, settings.slots) };
    case 'slurm':
      return openSlurm(config, name, settings.root ?? root, settings);
  }
}

function openLocal(config: Config, name: string, root: string, slots: number): Cluster {
  const { python } = config;
  return new LocalCluster({ name, root, slots, python, environment: inheritedEnvironment(config) });
}

function openSlurm(
  config: Config,
  name: string,
  root: string,
  settings: SlurmSettings,
): ClusterEntry {
  const environment = schedulerEnvironment(config);
  const python = settings.python ?? config.python;
  const cluster = new SlurmCluster({ name, root, settings, python, environment });
  return {
    ...settings,
    cluster,
    gpus: settings.gpus * settings.nodes,
    // Jobs on other machines share what lies below the root, and nothing else of this one.
    ...(settings.root !== null && { cache_dir: path.join(root, 'cache') }),
    poll_ms: settings.poll_seconds * 1000,
  };
}
