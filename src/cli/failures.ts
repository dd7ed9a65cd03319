/** Why runs failed, with the last lines of their logs. */
import { latestRuns } from '../domain/status';
import type { CliContext } from './context';
import type { Session } from './session';

/** Runs of one job fail for one reason: it is told once. */
export async function printFailures(
  context: CliContext,
  session: Session,
  study: string,
): Promise<void> {
  const runs = latestRuns(await session.dataset.read('runs', { study }));
  const failed = [...runs.values()].filter((run) => run.status === 'failed');
  const reasons = new Map(failed.map((run) => [run.error ?? '', run]));
  for (const [error, run] of reasons) {
    const others = failed.filter((one) => one.error === run.error).length - 1;
    const more = others ? ` (and ${others} more)` : '';
    context.stderr(
      `\nFailed (${run.failure_class ?? 'unknown'}): ${run.run_id}${more}\n${indent(error)}`,
    );
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
