/** `foretune down`: stops the worker and the embedded servers; refuses while jobs run. */
import type { Command } from 'commander';
import type { Cluster } from '../../cluster/cluster';
import { openClusters } from '../../study/clusters';
import { ClusterUnavailableError } from '../../base/errors';
import { stopStack } from '../../stack/stack';
import { stopWorker } from '../../stack/worker-process';
import { EXIT, type CliContext } from '../context';
import { endJobs, type LiveJob } from '../../study/end-jobs';
import { printObject } from '../words/output';

interface DownOptions {
  readonly force?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('down')
    .description('stop the worker and the servers; the data stays')
    .option('--force', 'also end the jobs that run; their studies can be resumed')
    .action((options: DownOptions) => down(context, options));
}

async function down(context: CliContext, { force = false }: DownOptions): Promise<void> {
  const clusters = [...openClusters(context.config).values()].map(({ cluster }) => cluster);
  const unanswered = sayUnanswered(context);
  const before = await liveJobs(clusters, unanswered);
  if (before.length && !force) return refuse(context, before);
  // The worker first: it would take a job that ends now for a failed one.
  const stopped = (await stopWorker(context.config)) ? ['the worker'] : [];
  // It may have submitted one more before it stopped.
  const jobs = await liveJobs(clusters, unanswered);
  if (jobs.length && !force) return refuse(context, jobs, 'The worker is stopped. ');
  await endJobs(jobs);
  if (jobs.length) stopped.push(countJobs(jobs));
  stopped.push(...(await stopStack(context.config)));
  printObject(context, { stopped }, () =>
    stopped.length ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.',
  );
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
function sayUnanswered({ stderr }: CliContext) {
  const said = new Set<string>();
  return ({ name }: Cluster, error: unknown): readonly string[] => {
    if (!(error instanceof ClusterUnavailableError)) throw error;
    if (!said.has(name))
      stderr(
        `Cluster "${name}" does not answer, so its jobs go on if there are any: ${error.message}`,
      );
    said.add(name);
    return [];
  };
}

function refuse(context: CliContext, jobs: readonly LiveJob[], before = ''): void {
  context.stderr(
    [
      `${before}${countJobs(jobs)} still at work:`,
      ...jobs.map(({ job }) => `  ${job}`),
      'Wait until they end (npx foretune status), or end them with: npx foretune down --force',
    ].join('\n'),
  );
  context.setExitCode(EXIT.failed);
}

function countJobs({ length }: readonly unknown[]): string {
  return `${length} job${length === 1 ? '' : 's'}`;
}
