/** Ends jobs that somebody may want to go on with later. */
import type { Cluster } from '../cluster/cluster';
import { ClusterUnavailableError } from '../base/errors';
import { mapParallel } from '../base/parallel';

export interface LiveJob {
  readonly cluster: Pick<Cluster, 'name' | 'cancel'>;
  readonly job: string;
}

/** So many that a scheduler hears of them together, and no more files are open than a process may have. */
const AT_ONCE = 64;
const NAMED = 5;

/**
 * Ends jobs so that a study that is resumed tries them again. All are tried; throws
 * ClusterUnavailableError that names those that may go on.
 */
export async function endJobs(jobs: readonly LiveJob[]): Promise<void> {
  const ends = await mapParallel(jobs, AT_ONCE, tryToEnd);
  const failures = ends.filter((one) => one !== null);
  if (!failures.length) return;
  const named = failures.slice(0, NAMED).map(({ words }) => `  ${words}`);
  const more = failures.length - named.length;
  throw new ClusterUnavailableError(
    [
      `${failures.length} of ${jobs.length} jobs may go on, since they could not be ended:`,
      ...named,
      ...(more > 0 ? [`  and ${more} more`] : []),
      'Run this again.',
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
