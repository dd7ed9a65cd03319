/** `foretune run <study file>`: plans, runs what is missing, fits, reports. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { executeStudy } from '../../temporal/run-study';
import { loadStudy, type StudyOverrides } from '../../study/load-study';
import { planOnly } from './plan';
import { checkCluster, checkStudy, clusterOf, planStudyNow, tellOfStanding } from '../../study/plan-study';
import { planSummary } from '../words/plan-text';
import { openWorkSession } from '../../temporal/session';
import { takesStudyOptions } from '../study-options';
import { unusedIn } from '../../study/unused';

interface RunOptions extends StudyOverrides {
  readonly dryRun?: boolean;
}

export function register(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .argument('<file>', 'study file, e.g. studies/quickstart.ts')
    .description('run a study: whatever is recorded already is reused');
  takesStudyOptions(command)
    .option('--dry-run', 'print the plan and stop (exit 10 when there is work to do)')
    .action((file: string, options: RunOptions) => runStudy(context, file, options));
}

async function runStudy(context: CliContext, file: string, options: RunOptions): Promise<void> {
  const loaded = loadStudy(file, options);
  if (options.dryRun) return planOnly(context, loaded);
  checkCluster(context, loaded.study);
  const session = await openWorkSession(context);
  const standing = await checkStudy(context, session, loaded);
  // What cannot be planned leaves nothing on record.
  const plan = await planStudyNow(context, session, loaded);
  await session.studies.register(loaded.study, loaded.table, unusedIn(context, session));
  for (const warning of plan.warnings) context.stderr(`Warning: ${warning}`);
  context.stderr(planSummary(plan, clusterOf(context, loaded.study)));
  tellOfStanding(context, standing, loaded);
  await executeStudy(context, session, loaded.study);
}
