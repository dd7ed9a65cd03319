/** The clusters that temporal.config.ts names, opened. */
import path from 'node:path';
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import type { Config } from '../config';
import type { Rates } from '../domain/spending';
import type { Cluster } from '../cluster/cluster';
import { LocalCluster } from '../cluster/local-cluster';
import type { ClusterConfig, SlurmSettings } from '../cluster/settings';
import { SlurmCluster } from '../cluster/slurm/slurm-cluster';

export interface ClusterEntry extends Rates {
  readonly cluster: Cluster;
  /** As temporal.config.ts has them. */
  readonly kind?: 'local' | 'slurm';
  readonly ssh?: string | null;
  readonly threads: number;
  readonly base_threads: number;
  readonly time_limit_seconds: number | null;
  readonly memory_limit_bytes?: number | null | undefined;
  /** Folder that its jobs share, where it is not that of this machine. */
  readonly cache_dir?: string;
  /** How often it is asked for all its jobs at once. */
  readonly poll_ms?: number;
}

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

/** Throws SpecError for a cluster that is not registered. */
export function requireCluster<C>(clusters: ReadonlyMap<string, C>, name: string): C {
  const cluster = clusters.get(name);
  if (cluster !== undefined) return cluster;
  const known = [...clusters.keys()];
  const guess = nearest(name, known);
  throw new SpecError(
    `There is no cluster "${name}" in temporal.config.ts.${guess ? ` Did you mean "${guess}"?` : ''} Known: ${known.join(', ')}. Run the study's file on one of them (\`cluster\` in the file, or --cluster).`,
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
