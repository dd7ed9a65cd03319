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

interface FailedRun {
  readonly run_id: string;
  readonly status: string;
  readonly failure_class: string | null;
  readonly error: string | null;
}

const SHOWN_RUNS = 5;
const SHOWN_LINES = 5;

/** The first failed runs with their reasons and last log lines, and how many more there are. */
export function failureLines(rows: readonly FailedRun[]): string[] {
  const failed = rows.filter(({ status }) => status === 'failed');
  const more = failed.length - SHOWN_RUNS;
  return [
    ...failed.slice(0, SHOWN_RUNS).flatMap(reasonAndLog),
    ...(more > 0 ? [`${more} more failed: --runs lists them`] : []),
  ];
}

/** An error is a reason on a line of its own, and the last lines of the log. */
function reasonAndLog({ run_id, failure_class, error }: FailedRun): string[] {
  const [reason = '', ...log] = (error ?? '').split('\n');
  const head = `failed: ${run_id} (${failure_class ?? 'unknown'}): ${reason}`;
  return [head, ...log.slice(-SHOWN_LINES).map(indent)];
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
