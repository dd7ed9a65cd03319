/** The clusters that temporal.config.ts names, opened. */
import path from 'node:path';
import type { Config } from '../temporal.config';
import type { ClusterEntry } from '../activities';
import { LocalCluster } from './cluster/local-cluster';

/** All that jobs, and the program that is told of a study's end, see of the user's environment: never credentials. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

export function inheritedEnvironment({ environment }: Config): NodeJS.ProcessEnv {
  return Object.fromEntries(INHERITED.map((name) => [name, environment[name]]));
}

export function openClusters(config: Config): ReadonlyMap<string, ClusterEntry> {
  const environment = inheritedEnvironment(config);
  return new Map(
    Object.entries(config.clusters).map(([name, { slots, ...limits }]) => {
      const root = path.join(config.stateDir, 'clusters', name);
      const { python } = config;
      const cluster = new LocalCluster({ name, root, slots, python, environment });
      return [name, { cluster, ...limits }];
    }),
  );
}
