/** Stops the worker and the embedded servers, unless jobs run that nobody asked to end. */
import { ClusterUnavailableError } from '../base/errors';
import type { Cluster } from '../cluster/cluster';
import type { Config } from '../config';
import { openClusters } from '../study/clusters';
import { endJobs, type LiveJob } from '../study/end-jobs';
import { stopStack } from './stack';
import { stopWorker } from './worker-process';

export interface ShutDown {
  /** Whether the worker ran, and was stopped. */
  readonly worker: boolean;
  /** Jobs that were ended, or that keep the servers up. */
  readonly jobs: readonly LiveJob[];
  /** Servers that were stopped; null where jobs keep them up. */
  readonly servers: readonly string[] | null;
}

/** `force`: ends the jobs. `say`: of clusters that do not answer. */
export async function shutDown(
  config: Config,
  { force }: { readonly force: boolean },
  say: (text: string) => void,
): Promise<ShutDown> {
  const clusters = [...openClusters(config).values()].map(({ cluster }) => cluster);
  const unanswered = sayUnanswered(say);
  const before = await liveJobs(clusters, unanswered);
  if (before.length && !force) return { worker: false, jobs: before, servers: null };
  // The worker first: it would take a job that ends now for a failed one.
  const worker = await stopWorker(config);
  // It may have submitted one more before it stopped.
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

/** What runs on a cluster out of reach goes on without this machine; it is no reason to leave servers running. Said once. */
function sayUnanswered(say: (text: string) => void) {
  const said = new Set<string>();
  return ({ name }: Cluster, error: unknown): readonly string[] => {
    if (!(error instanceof ClusterUnavailableError)) throw error;
    if (!said.has(name))
      say(
        `Cluster "${name}" does not answer, so its jobs go on if there are any: ${error.message}`,
      );
    said.add(name);
    return [];
  };
}
