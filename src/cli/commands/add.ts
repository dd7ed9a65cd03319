/**
 * `foretune add <study file>`: adds new variants to a recorded study, whether or not it is running.
 */
import type { Command } from 'commander';
import { studyId } from '../../domain/ids';
import type { CliContext } from '../context';
import { loadStudy, type StudyOverrides } from '../../study/load-study';
import { checkCluster } from '../../study/plan-study';
import { movedNote } from '../words/plan-text';
import { printSteered } from '../words/steering';
import { lookUp } from '../../stack/look-up';
import { openWorkSession } from '../../temporal/session';
import { runningStudy, steer } from '../../temporal/steer';
import { takesStudyOptions } from '../study-options';

export function register(program: Command, context: CliContext): void {
  const command = program
    .command('add')
    .argument('<file>', 'study file with the new variants')
    .description('add new variants to a study, even while it runs');
  takesStudyOptions(command).action((file: string, options: StudyOverrides) =>
    addVariants(context, file, options),
  );
}

async function addVariants(
  context: CliContext,
  file: string,
  options: StudyOverrides,
): Promise<void> {
  const { config, stderr } = context;
  const loaded = loadStudy(file, options);
  const { study } = loaded;
  checkCluster(config, study);
  const session = await openWorkSession(config, stderr);
  const id = studyId(study);
  const { study: recorded } = await session.studies.spec(id);
  const added = await session.studies.extend(await lookUp(session, loaded));
  stderr(`${id}: ${added.length} variants added: ${added.join(', ')}`);
  const note = movedNote(recorded, study);
  if (note) stderr(note);
  if (await runningStudy(session.client, id))
    printSteered(context, await steer(session, id, { update: 'addVariants' }));
  else stderr(`Run them: npx foretune resume ${id}`);
}
