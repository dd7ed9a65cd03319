/** Ends jobs in such a way that they can be resumed. */
import type { Cluster } from '../cluster/cluster';
import { ClusterUnavailableError } from '../base/errors';
import { mapParallel } from '../base/parallel';

export interface LiveJob {
  readonly cluster: Pick<Cluster, 'name' | 'cancel'>;
  readonly job: string;
}

/**
 * Enough for one scheduler command to end many jobs, and few enough not to exceed the limit of open
 * files.
 */
const AT_ONCE = 64;
const NAMED = 5;

/**
 * Ends jobs as preempted, so that a resumed study tries them again. Tries to end all of them, then
 * throws ClusterUnavailableError that names those that may still be running.
 */
export async function endJobs(jobs: readonly LiveJob[]): Promise<void> {
  const ends = await mapParallel(jobs, AT_ONCE, tryToEnd);
  const failures = ends.filter((one) => one !== null);
  if (!failures.length) return;
  const named = failures.slice(0, NAMED).map(({ words }) => `  ${words}`);
  const more = failures.length - named.length;
  throw new ClusterUnavailableError(
    [
      `${failures.length} of ${jobs.length} jobs could not be ended and may still be running:`,
      ...named,
      ...(more > 0 ? [`  and ${more} more`] : []),
      'Run this command again.',
    ].join('\n'),
    { cause: failures[0]?.error },
  );
}

async function tryToEnd({ cluster, job }: LiveJob) {
  try {
    await cluster.cancel(job, { as: 'preempted' });
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { error, words: `${job} on cluster "${cluster.name}": ${why}` };
  }
}
