/** A study's schedule in words. */
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
    : 'by a schedule that foretune did not make';
  const state = paused ? `, PAUSED${note ? `: ${note}` : ''}` : '';
  return [
    `${study}: re-fit ${when}${state}`,
    `next: ${next.map((time) => time.toISOString()).join(', ') || 'never'}`,
    ...(missed
      ? [`${missed} runs were missed: nothing ran when they were due, nor soon after`]
      : []),
    ...(skipped ? [`${skipped} runs were left out: the one before was still running`] : []),
    ...(rows.length ? ['', formatTable(['started', 'outcome', 'reason'], rows)] : []),
  ].join('\n');
}

/** One line; what needs attention is in capitals. */
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
    ...(failed ? [`${failed} FAILED of the last ten`] : []),
    ...(missed ? [`${missed} MISSED`] : []),
  ].join('; ');
}

function time(at: Date | null): string {
  return at?.toISOString() ?? 'never';
}
