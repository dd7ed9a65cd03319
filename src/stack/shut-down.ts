/** Stops the worker and the embedded servers, unless jobs are running and `force` is not set. */
import { ClusterUnavailableError } from '../base/errors';
import type { Cluster } from '../cluster/cluster';
import type { Config } from '../config';
import { openClusters } from '../study/clusters';
import { endJobs, type LiveJob } from '../study/end-jobs';
import { stopStack } from './stack';
import { noteStop } from './stopped';
import { stopWorker } from './worker-process';

export interface ShutDown {
  /** Whether the worker ran, and was stopped. */
  readonly worker: boolean;
  /** Jobs that were stopped, or that keep the servers running. */
  readonly jobs: readonly LiveJob[];
  /** Servers that were stopped; null if jobs keep them running. */
  readonly servers: readonly string[] | null;
}

/** `force`: stop the jobs. `say`: reports clusters that do not respond. */
export async function shutDown(
  config: Config,
  { force }: { readonly force: boolean },
  say: (text: string) => void,
): Promise<ShutDown> {
  const clusters = [...openClusters(config).values()].map(({ cluster }) => cluster);
  const unanswered = sayUnanswered(say);
  const before = await liveJobs(clusters, unanswered);
  if (before.length && !force) return { worker: false, jobs: before, servers: null };
  noteStop(config.stateDir);
  // Stop the worker first: it would record a job that is stopped now as failed.
  const worker = await stopWorker(config);
  // The worker may have submitted another job before it stopped.
  const jobs = await liveJobs(clusters, unanswered);
  if (jobs.length && !force) return { worker, jobs, servers: null };
  await endJobs(jobs);
  return { worker, jobs, servers: await stopStack(config) };
}

async function liveJobs(
  clusters: readonly Cluster[],
  unanswered: (cluster: Cluster, error: unknown) => readonly string[],
): Promise<LiveJob[]> {
  const live = await Promise.all(
    clusters.map(async (cluster) => {
      const jobs = await cluster.live().catch((error: unknown) => unanswered(cluster, error));
      return jobs.map((job) => ({ cluster, job }));
    }),
  );
  return live.flat();
}

/**
 * Jobs on an unreachable cluster continue without this machine, so servers may stop. Reported once.
 */
function sayUnanswered(say: (text: string) => void) {
  const said = new Set<string>();
  return ({ name }: Cluster, error: unknown): readonly string[] => {
    if (!(error instanceof ClusterUnavailableError)) throw error;
    if (!said.has(name))
      say(`Cluster "${name}" does not respond; its jobs, if any, continue: ${error.message}`);
    said.add(name);
    return [];
  };
}
