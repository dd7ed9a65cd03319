/** `foretune down`: stops the worker and the embedded servers; refuses while jobs run. */
import type { Command } from 'commander';
import { shutDown, type ShutDown } from '../../stack/shut-down';
import { EXIT, type CliContext } from '../context';
import { printObject } from '../words/output';

interface DownOptions {
  readonly force?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('down')
    .description('stop the worker and the servers; data is kept')
    .option('--force', 'also end running jobs; their studies can be resumed')
    .action((options: DownOptions) => down(context, options));
}

async function down(context: CliContext, { force = false }: DownOptions): Promise<void> {
  const found = await shutDown(context.config, { force }, context.stderr);
  if (found.servers === null) return refuse(context, found);
  const stopped = [
    ...(found.worker ? ['the worker'] : []),
    ...(found.jobs.length ? [countJobs(found.jobs)] : []),
    ...found.servers,
  ];
  printObject(context, { stopped }, () =>
    stopped.length ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.',
  );
}

function refuse(context: CliContext, { worker, jobs }: ShutDown): void {
  context.stderr(
    [
      `${worker ? 'The worker is stopped. ' : ''}${countJobs(jobs)} still running:`,
      ...jobs.map(({ job }) => `  ${job}`),
      'Wait until they end (npx foretune status), or end them with: npx foretune down --force',
    ].join('\n'),
  );
  context.setExitCode(EXIT.failed);
}

function countJobs({ length }: readonly unknown[]): string {
  return `${length} job${length === 1 ? '' : 's'}`;
}
