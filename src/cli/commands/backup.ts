/** `foretune backup`: copies the dataset, the books and the kept checkpoints to a folder. */
import type { Command } from 'commander';
import { backUp } from '../../dataset/backup/back-up';
import { openSession } from '../../temporal/session';
import type { CliContext } from '../context';
import { printObject } from '../words/output';

export function register(program: Command, context: CliContext): void {
  program
    .command('backup')
    .argument('<folder>', 'an empty folder, or one with an earlier backup of the same dataset')
    .description('copy the dataset and the kept checkpoints to a folder; studies may be running')
    .action((folder: string) => runBackup(context, folder));
}

async function runBackup(context: CliContext, folder: string): Promise<void> {
  const { store } = await openSession(context.config, context.stderr);
  const done = await backUp(store, folder);
  printObject(
    context,
    done,
    () =>
      `Backed up dataset version ${done.version} to ${folder}: ${done.objects} objects, ${done.copied} of them copied now. All were checked: no damage.`,
  );
}
