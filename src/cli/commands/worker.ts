/** `foretune worker`: the worker in the foreground; `up` and `run` start the same one detached. */
import { Option, type Command } from 'commander';
import { workHere } from '../../temporal/work-here';
import type { CliContext } from '../context';

export function register(program: Command, context: CliContext): void {
  program
    .command('worker')
    .description('run a worker in the foreground until Ctrl-C')
    .addOption(new Option('--detached', 'as `up` starts it').hideHelp())
    .action(({ detached = false }: { detached?: boolean }) =>
      workHere(context.config, context.stderr, { detached }),
    );
}
