/** `foretune add <study file>`: takes up variants that were added to a study, running or not. */
import type { Command } from 'commander';
import { studyId } from '../domain/ids';
import type { CliContext } from './context';
import { loadStudy } from './load-study';
import { checkCluster } from './plan-study';
import { movedNote } from './plan-text';
import { openWorkSession } from './session';
import { runningStudy, steer } from './steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('add')
    .argument('<file>', 'study file in which variants were added')
    .description('take up variants that were added to a study, while it runs too')
    .action((file: string) => addVariants(context, file));
}

async function addVariants(context: CliContext, file: string): Promise<void> {
  const { study, table } = loadStudy(file);
  checkCluster(context, study);
  const { studies, client } = await openWorkSession(context);
  const id = studyId(study);
  const { study: standing } = await studies.spec(id);
  const added = await studies.extend(study, table);
  context.stderr(`${id}: ${added.length} variants added: ${added.join(', ')}`);
  const note = movedNote(standing, study);
  if (note) context.stderr(note);
  if (await runningStudy(client, id)) return steer(context, id, { update: 'addVariants' });
  context.stderr(`Run them: npx foretune resume ${id}`);
}
