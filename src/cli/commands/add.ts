/** `foretune add <study file>`: takes up variants that were added to a study, running or not. */
import type { Command } from 'commander';
import { studyId } from '../../domain/ids';
import type { CliContext } from '../context';
import { loadStudy, type StudyOverrides } from '../../study/load-study';
import { checkCluster, lookUp } from '../plan-study';
import { movedNote } from '../words/plan-text';
import { openWorkSession } from '../session';
import { runningStudy, steer } from '../steer';
import { takesStudyOptions } from '../study-options';

export function register(program: Command, context: CliContext): void {
  const command = program
    .command('add')
    .argument('<file>', 'study file in which variants were added')
    .description('take up variants that were added to a study, while it runs too');
  takesStudyOptions(command).action((file: string, options: StudyOverrides) =>
    addVariants(context, file, options),
  );
}

async function addVariants(
  context: CliContext,
  file: string,
  options: StudyOverrides,
): Promise<void> {
  const loaded = loadStudy(file, options);
  const { study } = loaded;
  checkCluster(context, study);
  const { studies, client, endpoints } = await openWorkSession(context);
  const id = studyId(study);
  const { study: standing } = await studies.spec(id);
  const added = await studies.extend(await lookUp(context, { endpoints }, loaded));
  context.stderr(`${id}: ${added.length} variants added: ${added.join(', ')}`);
  const note = movedNote(standing, study);
  if (note) context.stderr(note);
  if (await runningStudy(client, id)) return steer(context, id, { update: 'addVariants' });
  context.stderr(`Run them: npx foretune resume ${id}`);
}
