/** `foretune fit <study>`: fits the proxies to what is recorded; unchanged rows are left alone. */
import type { Command } from 'commander';
import { createFitActivities } from '../../activities/fits';
import type { CliContext } from './context';
import { printResults, readResults } from './results';
import { openSession } from './session';

export function register(program: Command, context: CliContext): void {
  program
    .command('fit')
    .argument('<study>', 'name or name@version')
    .description('fit the proxies of a study to what is recorded')
    .action((study: string) => fitNow(context, study));
}

async function fitNow(context: CliContext, name: string): Promise<void> {
  const session = await openSession(context);
  const study = await session.studies.resolve(name);
  const { fitted } = await createFitActivities(session).fitStudy({ study });
  if (!fitted) context.stderr('The measurements are as they were at the last fit: nothing to do.');
  printResults(context, await readResults(session, study));
}
