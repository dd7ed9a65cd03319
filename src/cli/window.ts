/** `foretune window <study> <n>`: how many variants run at once. */
import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext } from './context';
import { steer } from './steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('window')
    .argument('<study>', 'name of a study that is running, or name@version')
    .argument('<n>', 'variants at once, from 1 to 1000', parseWindow)
    .description('set how many variants of a study run side by side')
    .action((study: string, window: number) =>
      steer(context, study, { update: 'setWindow', window }),
    );
}

function parseWindow(text: string): number {
  const window = Number(text);
  if (Number.isInteger(window) && window >= 1 && window <= 1000) return window;
  throw new InvalidArgumentError(`"${text}" is not a whole number from 1 to 1000.`);
}
