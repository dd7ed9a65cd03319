/** `foretune list`: every study on record. */
import type { Command } from 'commander';
import { listStudies } from '../../temporal/list-studies';
import { openSession, type Session } from '../../temporal/session';
import type { CliContext } from '../context';
import { printRows } from '../words/output';

export function register(program: Command, context: CliContext): void {
  program
    .command('list')
    .description('list the studies on record')
    .action(async () => printList(context, await openSession(context.config, context.stderr)));
}

export async function printList(context: CliContext, session: Session): Promise<void> {
  const studies = await listStudies(session);
  if (!studies.length) context.stderr('No study has been run here yet. Start with: npm start');
  const rows = studies.map((one) => ({ ...one }));
  printRows(context, rows, ['study', 'status', 'runs', 'done', 'failed', 'started_at']);
}
