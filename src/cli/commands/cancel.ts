/** `foretune cancel <study>`: ends a study with what it has. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { steer } from '../../temporal/steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('cancel')
    .argument('<study>', 'name of a study that is running, or name@version')
    .description('end the jobs of a study, then fit and report what is measured')
    .action((study: string) => steer(context, study, { update: 'cancel' }));
}
