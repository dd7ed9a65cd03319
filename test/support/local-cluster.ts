/** Local clusters in a temporary folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalCluster, type LocalClusterOptions } from '../../src/cluster/local/local-cluster';
import { local } from '../../src/cluster/local';
import type { ClusterEntry } from '../../src/study/clusters';
import type { ProcessIdentity } from '../../src/base/processes';
import { until, PYTHON } from './jobs';

export interface OpenedLocalCluster {
  readonly cluster: LocalCluster;
  readonly root: string;
  readonly python: string;
  /** The same folder as another process sees it. */
  another(changes?: Partial<LocalClusterOptions>): LocalCluster;
  /** Ends all jobs and removes the folder. */
  close(): Promise<void>;
}

export function openLocalCluster(changes: Partial<LocalClusterOptions> = {}): OpenedLocalCluster {
  const root = mkdtempSync(path.join(os.tmpdir(), 'foretune-cluster-'));
  const options = {
    name: 'local',
    root,
    cacheDir: path.join(root, 'cache'),
    slots: 4,
    python: PYTHON,
    environment: { PATH: process.env.PATH },
    ...changes,
  };
  const opened: LocalCluster[] = [];
  const another = (others: Partial<LocalClusterOptions> = {}) => {
    const cluster = new LocalCluster({ ...options, ...others });
    opened.push(cluster);
    return cluster;
  };
  const cluster = another();
  const close = async () => {
    await endAll(cluster);
    for (const one of opened) one.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  return { cluster, root, python: PYTHON, another, close };
}

async function endAll(cluster: LocalCluster): Promise<void> {
  await Promise.all((await cluster.live()).map((name) => cluster.cancel(name)));
  await until(
    async () => (await cluster.live()).length === 0,
    () => 'all jobs to end',
  );
}

/** A cluster as studies name it, with what a test does not care about. */
export function entryOf(changes: Partial<ClusterEntry> = {}): ClusterEntry {
  return {
    cluster: new LocalCluster({
      ...{ name: 'local', root: '/nowhere', cacheDir: '/nowhere', slots: 0 },
      ...{ python: PYTHON, environment: {} },
    }),
    ...{ threads: 1, base_threads: 2, gpus: 0, time_limit_seconds: null, price_per_hour: null },
    ...{ poll_ms: 50, programs_here: 'all', jobNames: local },
    ...changes,
  };
}

/** What the cluster wrote down of one attempt at a job: `wrapper`, `child`, `exit` or `cancel`. */
export function controlFile(
  cluster: LocalCluster,
  name: string,
  file: 'wrapper' | 'child' | 'exit' | 'cancel',
): string {
  return path.join(cluster.folder(name).dir, 'control', '1', `${file}.json`);
}

export function identityIn(
  cluster: LocalCluster,
  name: string,
  file: 'wrapper' | 'child',
): ProcessIdentity {
  return JSON.parse(readFileSync(controlFile(cluster, name, file), 'utf8')) as ProcessIdentity;
}
