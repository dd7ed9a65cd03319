/** `foretune window <study> <n>`: how many variants run at once. */
import type { Command } from 'commander';
import { openWorkSession } from '../../temporal/session';
import { steer } from '../../temporal/steer';
import type { CliContext } from '../context';
import { wholeNumber } from '../words/numbers';
import { printSteered } from '../words/steering';

export function register(program: Command, context: CliContext): void {
  program
    .command('window')
    .argument('<study>', 'name of a running study, or name@version')
    .argument('<n>', 'number of variants, from 1 to 1000', wholeNumber(1, 1000))
    .description('set how many variants of a study run at the same time')
    .action(async (study: string, window: number) => {
      const session = await openWorkSession(context.config, context.stderr);
      printSteered(context, await steer(session, study, { update: 'setWindow', window }));
    });
}
