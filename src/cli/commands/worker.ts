/**
 * `foretune worker`: runs the worker in the foreground; `up` and `run` start the same worker
 * detached.
 */
import { Option, type Command } from 'commander';
import type * as WorkHere from '../../temporal/work-here';
import type { CliContext } from '../context';

/** Loaded late: the worker's modules take a second to load, and the help does not need them. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const worker = () => require('../../temporal/work-here') as typeof WorkHere;

interface WorkerOptions {
  readonly detached?: boolean;
  readonly prove?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('worker')
    .description('run a worker in the foreground until Ctrl-C')
    .addOption(new Option('--detached', 'run as started by `up`').hideHelp())
    .addOption(new Option('--prove', 'only find out whether its code can run').hideHelp())
    .action(({ detached = false, prove = false }: WorkerOptions) =>
      prove
        ? worker().proveCode(context.config)
        : worker().workHere(context.config, context.stderr, { detached }),
    );
}
