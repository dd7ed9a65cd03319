/** `foretune plan <study>`: what would run, and why. Writes nothing. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { PlannedRun } from '../../domain/plan';
import { costOf, isPriced, type Rates } from '../../domain/spending';
import { EXIT, type CliContext } from '../context';
import { loadStudy, type LoadedStudy, type StudyOverrides } from '../../study/load-study';
import { printRows } from '../words/output';
import type { Configuration } from '../../books/studies';
import { lookUp } from '../../stack/look-up';
import { planToShow } from '../../study/plan-from-record';
import { checkCluster, clusterOf, planStudyNow } from '../../study/plan-study';
import { isUnused } from '../../temporal/unused';
import { countPlan, planSummary, planTable, recordNotes } from '../words/plan-text';
import { openSession, type Session } from '../../temporal/session';
import { refuseOverrides, takesStudyOptions } from '../study-options';

export function register(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .argument('<study>', 'study file, or the name of a recorded study')
    .description('show what would run and why (exit 10 when there is work to do)');
  takesStudyOptions(command).action((study: string, options: StudyOverrides) =>
    planStudyNamed(context, study, options),
  );
}

async function planStudyNamed(
  context: CliContext,
  study: string,
  options: StudyOverrides,
): Promise<void> {
  if (study.endsWith('.ts') || existsSync(study))
    return planFile(context, loadStudy(study, options));
  refuseOverrides(study, options);
  const session = await openSession(context.config, context.stderr);
  const spec = await session.studies.spec(await session.studies.resolve(study));
  checkCluster(context.config, spec.study);
  return showPlan(context, session, spec);
}

/** The plan of a study file; nothing is written. */
export async function planFile(context: CliContext, loaded: LoadedStudy): Promise<void> {
  checkCluster(context.config, loaded.study);
  const session = await openSession(context.config, context.stderr);
  return showPlan(context, session, await lookUp(session, loaded));
}

async function showPlan(
  context: CliContext,
  session: Session,
  wanted: Configuration,
): Promise<void> {
  const { config, stderr } = context;
  const recorded = await session.studies.check(wanted, isUnused(session));
  const plan = await planStudyNow(config, session, wanted, {}, planToShow);
  for (const warning of plan.warnings) stderr(`Warning: ${warning}`);
  for (const note of recordNotes(recorded, wanted)) stderr(note);
  const cluster = clusterOf(config, wanted.study);
  const summary = `${planSummary(plan, cluster)} (dataset version ${await session.dataset.version()})`;
  if (context.format() === 'text') context.stdout(`${planTable(plan)}\n\n${summary}`);
  else {
    const rows = plan.runs.map((run) => planRow(run, cluster));
    printRows(context, rows);
    stderr(summary);
  }
  context.setExitCode(countPlan(plan).run ? EXIT.workToDo : EXIT.done);
}

/**
 * `gpu_hours` and `cost` are null when no similar run was measured yet; without prices in the
 * cluster's configuration there is no `cost`.
 */
function planRow(run: PlannedRun, rates: Rates | undefined) {
  const { run_id, stage, action, reason, attempt, fingerprint, gpu_hours = null } = run;
  const isToRun = action === 'run';
  return {
    ...{ run_id, stage, action, reason, gpu_hours: isToRun ? gpu_hours : 0 },
    ...(rates && isPriced(rates) && { cost: isToRun ? estimatedCost(run, rates) : 0 }),
    ...{ attempt, fingerprint },
  };
}

function estimatedCost({ estimated_seconds }: PlannedRun, rates: Rates): number | null {
  return estimated_seconds === null ? null : costOf(estimated_seconds / 3600, rates);
}
