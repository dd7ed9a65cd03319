/** `foretune resume <study>`: follows a running study, or runs what an interrupted one lacks. */
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { planFromRecord } from '../../activities/plan';
import type { StudyProgress } from '../../workflows/messages';
import type { CliContext } from './context';
import { executeStudy } from './execute';
import { planSummary } from './plan-text';
import { openWorkSession } from './session';
import { runningStudy } from './steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('resume')
    .argument('<study>', 'name of a study that was run here, or name@version')
    .description(
      'run exactly what is missing or failed; a study that is running is followed, a paused one goes on',
    )
    .action((study: string) => resumeStudy(context, study));
}

async function resumeStudy(context: CliContext, name: string): Promise<void> {
  const session = await openWorkSession(context);
  const id = await session.studies.resolve(name);
  const { study, table } = await session.studies.spec(id);
  const { dataset } = session;
  const plan = await planFromRecord({ dataset, recipes: context.config.recipes }, study, table);
  context.stderr(planSummary(plan));
  await goOn(session.client, id);
  await executeStudy(context, session, study);
}

/** A study that was paused is let go on; one that was cancelled since is at its end. */
async function goOn(client: Client, study: string): Promise<void> {
  const handle = await runningStudy(client, study);
  const progress = await handle?.query<StudyProgress>('progress');
  if (progress?.paused && !progress.cancelled) await handle?.executeUpdate('resume');
}
