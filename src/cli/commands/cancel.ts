/** `foretune cancel <study>`: ends a study early and reports what was measured. */
import type { Command } from 'commander';
import { openWorkSession } from '../../temporal/session';
import { steer } from '../../temporal/steer';
import type { CliContext } from '../context';
import { printSteered } from '../words/steering';

export function register(program: Command, context: CliContext): void {
  program
    .command('cancel')
    .argument('<study>', 'name of a running study, or name@version')
    .description('end the jobs of a study, then fit and report what was measured')
    .action(async (study: string) => {
      const session = await openWorkSession(context.config, context.stderr);
      printSteered(context, await steer(session, study, { update: 'cancel' }));
    });
}
