/** `foretune down`: stops the worker and the embedded servers; refuses while jobs run. */
import type { Command } from 'commander';
import { openClusters } from '../clusters';
import { stopStack } from '../stack/stack';
import { stopWorker } from '../stack/worker-process';
import { EXIT, type CliContext } from './context';

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
  const live = await Promise.all(
    clusters.map(async (cluster) => (await cluster.live()).map((job) => ({ cluster, job }))),
  );
  const jobs = live.flat();
  if (jobs.length && !force) return refuse(context, jobs);
  // The worker first: it would take a job that ends now for a failed one.
  const stopped = (await stopWorker(context.config)) ? ['the worker'] : [];
  for (const { cluster, job } of jobs) await cluster.cancel(job, 'preempted');
  if (jobs.length) stopped.push(countJobs(jobs));
  stopped.push(...(await stopStack(context.config)));
  context.stdout(stopped.length ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.');
}

function refuse(context: CliContext, jobs: readonly { readonly job: string }[]): void {
  context.stderr(
    [
      `${countJobs(jobs)} still at work:`,
      ...jobs.map(({ job }) => `  ${job}`),
      'Wait until they end (npx foretune status), or end them with: npx foretune down --force',
    ].join('\n'),
  );
  context.setExitCode(EXIT.failed);
}

function countJobs({ length }: readonly unknown[]): string {
  return `${length} job${length === 1 ? '' : 's'}`;
}
