/** `foretune run <study file>`: plans, runs what is missing, fits, reports. */
import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext } from './context';
import { executeStudy } from './execute';
import { loadStudy, type StudyOverrides } from './load-study';
import { planOnly } from './plan';
import { planStudyNow } from './plan-study';
import { planSummary } from './plan-text';
import { openWorkSession } from './session';

interface RunOptions extends StudyOverrides {
  readonly dryRun?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('run')
    .argument('<file>', 'study file, e.g. studies/quickstart.ts')
    .description('run a study: whatever is recorded already is reused')
    .option('--seed <n>', 'another seed: a replicate named <study>-seed<n>', parseSeed)
    .option('--cluster <name>', 'another cluster of temporal.config.ts')
    .option('--variants <n>', 'how many, for a study file that leaves it open', parseVariants)
    .option('--dry-run', 'print the plan and stop (exit 10 when there is work to do)')
    .action((file: string, options: RunOptions) => runStudy(context, file, options));
}

async function runStudy(context: CliContext, file: string, options: RunOptions): Promise<void> {
  const loaded = loadStudy(file, options);
  if (options.dryRun) return planOnly(context, loaded);
  const session = await openWorkSession(context);
  await session.studies.register(loaded.study, loaded.table);
  const plan = await planStudyNow(context, session, loaded);
  for (const warning of plan.warnings) context.stderr(`Warning: ${warning}`);
  context.stderr(planSummary(plan));
  await executeStudy(context, session, loaded.study);
}

function parseVariants(text: string): number {
  const variants = Number(text);
  if (!Number.isInteger(variants) || variants < 2)
    throw new InvalidArgumentError(`"${text}" is not a whole number of 2 or more.`);
  return variants;
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0)
    throw new InvalidArgumentError(`"${text}" is not a whole number of 0 or more.`);
  return seed;
}
