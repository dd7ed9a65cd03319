/** `foretune run <study file>`: plans, runs what is missing, fits, reports. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { executeStudy } from '../execute';
import { loadStudy, type StudyOverrides } from '../../study/load-study';
import { planFile } from './plan';
import {
  checkCluster,
  checkStudy,
  clusterOf,
  lookUp,
  planStudyNow,
  tellOfStanding,
} from '../plan-study';
import { planSummary } from '../words/plan-text';
import { openWorkSession } from '../session';
import { takesStudyOptions } from '../study-options';
import { unusedIn } from '../unused';

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
  if (options.dryRun) return planFile(context, loaded);
  checkCluster(context, loaded.study);
  const session = await openWorkSession(context);
  const wanted = await lookUp(context, session, loaded);
  const standing = await checkStudy(context, session, wanted);
  // What cannot be planned leaves nothing on record.
  const plan = await planStudyNow(context, session, wanted);
  await session.studies.register(wanted, unusedIn(context, session));
  for (const warning of plan.warnings) context.stderr(`Warning: ${warning}`);
  context.stderr(planSummary(plan, clusterOf(context, loaded.study)));
  tellOfStanding(context, standing, wanted);
  await executeStudy(context, session, loaded.study);
}
