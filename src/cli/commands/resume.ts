/**
 * `foretune resume <study>`: follows a running study, or runs what is missing from an interrupted
 * one.
 */
import { Option, type Command } from 'commander';
import type { PlanRequest } from '../../domain/request';
import { RECIPE_STAGES } from '../../domain/manifest';
import type { CliContext } from '../context';
import { runToEnd } from '../run-to-end';
import { clusterOf, planStudyNow } from '../../study/plan-study';
import { planSummary } from '../words/plan-text';
import { openWorkSession } from '../../temporal/session';
import { unpause } from '../../temporal/steer';

export function register(program: Command, context: CliContext): void {
  program
    .command('resume')
    .argument('<study>', 'name of a recorded study, or name@version')
    .description(
      'run what is missing or failed; follow the study if it is running; continue it if it is paused',
    )
    .addOption(
      new Option('--from <stage>', 'run this stage again, and all that depends on it').choices(
        RECIPE_STAGES,
      ),
    )
    .action((study: string, request: Pick<PlanRequest, 'from'>) =>
      resumeStudy(context, study, request),
    );
}

async function resumeStudy(
  context: CliContext,
  name: string,
  request: Pick<PlanRequest, 'from'>,
): Promise<void> {
  const session = await openWorkSession(context.config, context.stderr);
  const id = await session.studies.resolve(name);
  const spec = await session.studies.spec(id);
  const plan = await planStudyNow(context.config, session, spec, request);
  context.stderr(planSummary(plan, clusterOf(context.config, spec.study)));
  if (request.from) return runToEnd(context, session, spec.study, request);
  await unpause(session.client, id);
  await runToEnd(context, session, spec.study);
}
