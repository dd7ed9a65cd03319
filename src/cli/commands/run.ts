/** `foretune run <study file>`: plans a study, runs what is missing, fits and reports. */
import type { Command } from 'commander';
import { loadStudy, type StudyOverrides } from '../../study/load-study';
import { lookUp } from '../../stack/look-up';
import { checkCluster, clusterOf } from '../../study/plan-study';
import { registerStudy } from '../../study/register-study';
import { openWorkSession } from '../../temporal/session';
import { isUnused } from '../../temporal/unused';
import type { CliContext } from '../context';
import { runToEnd } from '../run-to-end';
import { takesStudyOptions } from '../study-options';
import { planSummary, recordNotes } from '../words/plan-text';
import { planFile } from './plan';

interface RunOptions extends StudyOverrides {
  readonly dryRun?: boolean;
}

export function register(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .argument('<file>', 'study file, e.g. studies/quickstart.ts')
    .description('run a study; recorded results are reused');
  takesStudyOptions(command)
    .option('--dry-run', 'print the plan and stop (exit 10 when there is work to do)')
    .action((file: string, options: RunOptions) => runStudy(context, file, options));
}

async function runStudy(context: CliContext, file: string, options: RunOptions): Promise<void> {
  const { config, stderr } = context;
  const loaded = loadStudy(file, options);
  if (options.dryRun) return planFile(context, loaded);
  checkCluster(config, loaded.study);
  const session = await openWorkSession(config, stderr);
  const wanted = await lookUp(session, loaded);
  const { plan, recorded } = await registerStudy(config, session, wanted, isUnused(session));
  for (const warning of plan.warnings) stderr(`Warning: ${warning}`);
  stderr(planSummary(plan, clusterOf(config, loaded.study)));
  for (const note of recordNotes(recorded, wanted)) stderr(note);
  await runToEnd(context, session, loaded.study);
}
