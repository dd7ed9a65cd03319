/** `foretune pause <study>`: no new jobs until `resume`. */
import type { Command } from 'commander';
import { openWorkSession } from '../../temporal/session';
import { steer } from '../../temporal/steer';
import type { CliContext } from '../context';
import { printSteered } from '../words/steering';

export function register(program: Command, context: CliContext): void {
  program
    .command('pause')
    .argument('<study>', 'name of a running study, or name@version')
    .description('start no new jobs of a study until it is resumed')
    .action(async (study: string) => {
      const session = await openWorkSession(context.config, context.stderr);
      printSteered(context, await steer(session, study, { update: 'pause' }));
    });
}
