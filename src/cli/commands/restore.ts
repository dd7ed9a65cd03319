/** `foretune restore`: copies a backup into an empty store. */
import type { Command } from 'commander';
import { restore } from '../../dataset/backup/restore';
import { forgetHead } from '../../stack/known-head';
import { openSession } from '../../temporal/session';
import type { CliContext } from '../context';
import { printObject } from '../words/output';

export function register(program: Command, context: CliContext): void {
  program
    .command('restore')
    .argument('<folder>', 'the folder of a backup')
    .description('copy a backup into an empty store')
    .action((folder: string) => runRestore(context, folder));
}

async function runRestore(context: CliContext, folder: string): Promise<void> {
  const { store } = await openSession(context.config, context.stderr);
  const done = await restore(folder, store);
  forgetHead(context.config);
  printObject(
    context,
    done,
    () =>
      `Restored dataset version ${done.version} from ${folder}: ${done.objects} objects.\nTo continue a study that was running: npx foretune resume <study>`,
  );
}
