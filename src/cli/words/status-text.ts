/** A study's status as `foretune status` prints it. */
import type { StudyStatus } from '../../temporal/study-status';
import { failureLines } from './failures';
import { duration } from './output';
import { waitingReasons } from './reasons';
import { runRows, runTable, type RunRow } from './run-rows';
import { scheduleLine } from './schedule-text';
import { spentLines } from './spent';
import { troubleLines } from './troubles';

interface Shown extends StudyStatus {
  /** Whether to list each run. */
  readonly listed: boolean;
}

export function statusObject(shown: Shown): object {
  const { study, status, dataset_version, counts, progress, troubles, spent, schedule } = shown;
  return {
    ...{ study, status, dataset_version, runs: counts },
    ...(progress?.not_fine_tuned ? { not_fine_tuned: progress.not_fine_tuned } : {}),
    ...(troubles.size && { troubles: Object.fromEntries(troubles) }),
    ...spent,
    ...(schedule && { schedule }),
    ...(shown.listed ? { each: rowsOf(shown) } : {}),
  };
}

export function statusText(shown: Shown): string {
  const { study, status, dataset_version, counts, progress, troubles, spent, schedule } = shown;
  const rows = rowsOf(shown);
  return [
    `${study}: ${status}, dataset version ${dataset_version}`,
    Object.entries(counts)
      .map(([word, n]) => `${n} ${word}`)
      .join(', '),
    ...(progress?.not_fine_tuned
      ? [`${progress.not_fine_tuned} variants not fine-tuned (budget)`]
      : []),
    ...troubleLines(troubles),
    ...spentLines(spent),
    ...(progress?.seconds_left ? [`about ${duration(progress.seconds_left)} left`] : []),
    ...(schedule ? [scheduleLine(schedule)] : []),
    ...(shown.listed ? ['', runTable(shown.clusters, rows)] : failureLines(rows)),
  ].join('\n');
}

function rowsOf(shown: Shown): RunRow[] {
  const { progress, jobs, listed } = shown;
  if (!progress) return [];
  return runRows(progress, listed ? waitingReasons(progress, shown) : new Map(), jobs);
}
