/** The clusters that temporal.config.ts names, opened. */
import path from 'node:path';
import type { Config } from '../temporal.config';
import type { ClusterEntry } from '../activities';
import { LocalCluster } from './cluster/local-cluster';

export function openClusters(config: Config): ReadonlyMap<string, ClusterEntry> {
  return new Map(
    Object.entries(config.clusters).map(([name, { slots, threads, time_limit_seconds }]) => {
      const root = path.join(config.stateDir, 'clusters', name);
      const cluster = new LocalCluster({ name, root, slots, python: config.python });
      return [name, { cluster, threads, time_limit_seconds }];
    }),
  );
}
