/** `foretune pause <study>`: no new jobs until `resume`. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { steer } from '../../temporal/steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('pause')
    .argument('<study>', 'name of a study that is running, or name@version')
    .description('start no new job of a study until it is resumed')
    .action((study: string) => steer(context, study, { update: 'pause' }));
}
