/** `foretune plan <study>`: what would run, and why. Writes nothing. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { planFromRecord } from '../../activities/plan';
import { EXIT, type CliContext } from './context';
import { loadStudy, type LoadedStudy } from './load-study';
import { printObject } from './output';
import { countPlan, planSummary, planTable } from './plan-text';
import { openSession } from './session';

export function register(program: Command, context: CliContext): void {
  program
    .command('plan')
    .argument('<study>', 'study file, or the name of a study that was run here')
    .description('show what would run and why (exit 10 when there is work to do)')
    .action((study: string) => planStudyNamed(context, study));
}

async function planStudyNamed(context: CliContext, study: string): Promise<void> {
  if (study.endsWith('.ts') || existsSync(study)) return planOnly(context, loadStudy(study));
  const { studies } = await openSession(context);
  const spec = await studies.spec(await studies.resolve(study));
  return planOnly(context, spec);
}

export async function planOnly(context: CliContext, { study, table }: LoadedStudy): Promise<void> {
  const { dataset, studies } = await openSession(context);
  await studies.check(study, table);
  const plan = await planFromRecord({ dataset, recipes: context.config.recipes }, study, table);
  const counts = countPlan(plan);
  for (const warning of plan.warnings) context.stderr(`Warning: ${warning}`);
  const dataset_version = await dataset.version();
  printObject(
    context,
    {
      study: plan.study,
      dataset_version,
      ...counts,
      runs: plan.runs.map(({ config: _c, values: _v, ...run }) => run),
    },
    () => `${planTable(plan)}\n\n${planSummary(plan)} (dataset version ${dataset_version})`,
  );
  context.setExitCode(counts.run ? EXIT.workToDo : EXIT.done);
}
