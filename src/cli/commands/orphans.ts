/** `foretune orphans`: jobs that are running although their study is not. */
import type { Command } from 'commander';
import { SpecError } from '../../base/errors';
import { adoptOrphans, endOrphans, findOrphans, type Orphan } from '../../temporal/orphans';
import { openWorkSession, type WorkSession } from '../../temporal/session';
import { EXIT, type CliContext } from '../context';
import { printRows } from '../words/output';

interface OrphanOptions {
  readonly adopt?: boolean;
  readonly end?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('orphans')
    .option('--adopt', 'resume their studies, which find the jobs and do not start them again')
    .option('--end', 'end them; their studies can be resumed')
    .description('list running jobs whose study is not running (exit 2 when there are any)')
    .action((options: OrphanOptions) => showOrphans(context, options));
}

async function showOrphans(context: CliContext, options: OrphanOptions): Promise<void> {
  if (options.adopt && options.end) throw new SpecError('Choose either --adopt or --end.');
  const session = await openWorkSession(context.config, context.stderr);
  const orphans = await findOrphans(session);
  const rows = orphans.map((one) => ({ ...one }));
  printRows(context, rows, COLUMNS);
  if (!orphans.length) return context.stderr('The study of every running job is running.');
  if (options.end) await end(context, orphans);
  else if (options.adopt) await adopt(context, session, orphans);
  else {
    context.stderr('Resume their studies with --adopt, or end them with --end.');
    context.setExitCode(EXIT.failed);
  }
}

const COLUMNS = ['cluster', 'job', 'study', 'variant_id', 'submitted_at'];

async function end(context: CliContext, orphans: readonly Orphan[]): Promise<void> {
  await endOrphans(context.config, orphans);
  context.stderr(`Ended ${orphans.length}.`);
}

async function adopt(
  context: CliContext,
  session: WorkSession,
  orphans: readonly Orphan[],
): Promise<void> {
  for (const name of await adoptOrphans(session, orphans))
    context.stderr(`${name} is running again. Follow it: npx foretune resume ${name}`);
  const unknown = orphans.filter(({ study }) => study === null).length;
  if (!unknown) return;
  context.stderr(`${unknown} of the jobs are not on record. End them with --end.`);
  context.setExitCode(EXIT.failed);
}
