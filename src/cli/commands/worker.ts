/** `foretune worker`: the worker in the foreground; `up` and `run` start the same one detached. */
import { Option, type Command } from 'commander';
import { startTime } from '../../base/processes';
import { startStack } from '../../stack/stack';
import { announceWorker, buildId, takePlace } from '../../stack/worker-process';
import { runWorker } from '../../temporal/worker';
import type { CliContext } from '../context';

export function register(program: Command, context: CliContext): void {
  program
    .command('worker')
    .description('run a worker in the foreground until Ctrl-C')
    .addOption(new Option('--detached', 'as `up` starts it').hideHelp())
    .action(({ detached = false }: { detached?: boolean }) => workHere(context, detached));
}

async function workHere(context: CliContext, detached: boolean): Promise<void> {
  const { config } = context;
  const endpoints = await startStack(config, context.stderr);
  const build = buildId(config, endpoints);
  const identity = { pid: process.pid, started: startTime(process.pid) ?? '' };
  if (detached && !(await takePlace(config, build, identity)))
    return context.stderr('Another worker of this folder runs: this one is not needed.');
  const ready = () => {
    announceWorker(config, build, identity);
    context.stderr(`Worker ${build} polls "${config.temporal.taskQueue}". Ctrl-C ends it.`);
  };
  await runWorker(config, endpoints, { build, ready });
}
