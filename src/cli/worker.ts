/** `foretune worker`: the worker in the foreground; `up` and `run` start the same one detached. */
import type { Command } from 'commander';
import { startTime } from '../processes';
import { startStack } from '../stack/stack';
import { announceWorker, buildId } from '../stack/worker-process';
import { runWorker } from '../worker';
import type { CliContext } from './context';

export function register(program: Command, context: CliContext): void {
  program
    .command('worker')
    .description('run a worker in the foreground until Ctrl-C')
    .action(() => workHere(context));
}

async function workHere(context: CliContext): Promise<void> {
  const { config } = context;
  const endpoints = await startStack(config, context.stderr);
  const build = buildId(config, endpoints);
  const ready = () => {
    announceWorker(config, build, { pid: process.pid, started: startTime(process.pid) ?? '' });
    context.stderr(`Worker ${build} polls "${config.temporal.taskQueue}". Ctrl-C ends it.`);
  };
  await runWorker(config, endpoints, { build, ready });
}
