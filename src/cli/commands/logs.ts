/** `foretune logs <run>`: what the job of a run printed. */
import type { Command } from 'commander';
import { NotFoundError } from '../../base/errors';
import { openClusters } from '../../study/clusters';
import { findRun, isRunning, streamLog, type LogStream } from '../../study/job-logs';
import { openSession } from '../../temporal/session';
import type { CliContext } from '../context';
import { printableLog } from '../words/printable';
import { whySilent } from '../words/reasons';

interface LogOptions {
  readonly study?: string;
  readonly follow?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('logs')
    .argument('<run>', 'a run as listed by `status --runs`, or a job')
    .option('--study <study>', 'study of the run; needed when several studies have the run')
    .option('-f, --follow', 'keep printing until the job ends')
    .description("print the log of a run's job")
    .action((run: string, options: LogOptions) => printLog(context, run, options));
}

async function printLog(context: CliContext, name: string, options: LogOptions): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  const run = await findRun(session, name, options.study);
  const entry = openClusters(context.config).get(run.cluster);
  if (!entry)
    throw new NotFoundError(
      `Run "${name}" ran on cluster "${run.cluster}", which is not in temporal.config.ts.`,
    );
  const { cluster, poll_ms: pollMs, jobNames } = entry;
  const follow = options.follow ? { pollMs, isExpected: () => isRunning(session, run) } : null;
  const why = () => whySilent(run, cluster, jobNames);
  await streamLog(cluster, run.job, { follow, ...printer(context, why) });
}

function printer(
  context: CliContext,
  why: () => Promise<string>,
): Pick<LogStream, 'write' | 'silent'> {
  let hasPrinted = false;
  return {
    write: (text) => {
      hasPrinted = true;
      process.stdout.write(process.stdout.isTTY ? printableLog(text) : text);
    },
    silent: async () => {
      const reason = await why();
      if (!hasPrinted) context.stderr(reason);
    },
  };
}
