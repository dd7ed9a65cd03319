/** `foretune list`: every study on record. */
import type { Command } from 'commander';
import { statusOfRuns } from '../../study/run-statuses';
import { countStatuses } from '../../domain/status';
import type { CliContext } from '../context';
import { liveStatus } from '../live-status';
import { printRows } from '../words/output';
import { openSession, type Session } from '../session';

export function register(program: Command, context: CliContext): void {
  program
    .command('list')
    .description('list the studies on record')
    .action(async () => printList(context, await openSession(context)));
}

export async function printList(context: CliContext, session: Session): Promise<void> {
  const rows = [];
  for (const study of await session.studies.list()) {
    const { total, done, reused, failed } = countStatuses(
      (await statusOfRuns(session, study)).values(),
    );
    const latest = await session.studies.latest(study);
    rows.push({
      study,
      status: await liveStatus(context, session, study),
      runs: total,
      done: done + reused,
      failed,
      started_at: latest?.started_at ?? null,
    });
  }
  if (!rows.length) context.stderr('No study was run here yet. Begin with: npm start');
  printRows(context, rows, ['study', 'status', 'runs', 'done', 'failed', 'started_at']);
}
