/** A study's schedule as text. */
import type { ScheduleStatus } from '../../temporal/schedules';
import type { ScheduleSummary } from '../../temporal/study-schedule';
import { formatTable } from './output';

export function scheduleText(status: ScheduleStatus): string {
  const { study, spec, paused, note, next, recent, missed, skipped } = status;
  const rows = recent.map(({ started, outcome, reason }) => [
    started.toISOString(),
    outcome,
    reason,
  ]);
  const when = spec
    ? `at '${spec.cron}' (${spec.timezone})`
    : 'by a schedule that was not made by foretune';
  const state = paused ? `, PAUSED${note ? `: ${note}` : ''}` : '';
  return [
    `${study}: re-fit ${when}${state}`,
    `next: ${next.map((time) => time.toISOString()).join(', ') || 'never'}`,
    ...(missed
      ? [
          `${missed} runs were missed: they were due while the server was down, and could not be caught up in time`,
        ]
      : []),
    ...(skipped ? [`${skipped} runs were skipped: the run before was still running`] : []),
    ...(rows.length ? ['', formatTable(['started', 'outcome', 'reason'], rows)] : []),
  ].join('\n');
}

/** One line; problems are in capitals. */
export function scheduleLine({
  next,
  last,
  missed,
  failed,
  paused,
  note,
}: ScheduleSummary): string {
  return [
    paused ? `schedule PAUSED${note ? ` (${note})` : ''}` : `next re-fit ${time(next)}`,
    ...(last ? [`last ${time(last.started)}: ${last.outcome}, ${last.reason}`] : []),
    ...(failed ? [`${failed} of the last ten FAILED`] : []),
    ...(missed ? [`${missed} MISSED`] : []),
  ].join('; ');
}

function time(at: Date | null): string {
  return at?.toISOString() ?? 'never';
}
