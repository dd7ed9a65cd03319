/** `foretune status [study]`: where each run stands, from the record. */
import type { Command } from 'commander';
import { openClusters } from '../clusters';
import { countStatuses } from '../domain/status';
import type { CliContext } from './context';
import { duration, formatTable, printObject } from './output';
import { studyProgress, type StudyProgress } from './progress';
import { openSession } from './session';
import { liveStatus } from './live-status';
import { printList } from './list';

interface StatusOptions {
  readonly runs?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('status')
    .argument('[study]', 'name or name@version; without it, every study')
    .option('--runs', 'list every run')
    .description('show where a study stands')
    .action((study: string | undefined, options: StatusOptions) =>
      showStatus(context, study, options),
    );
}

async function showStatus(
  context: CliContext,
  name: string | undefined,
  options: StatusOptions,
): Promise<void> {
  const session = await openSession(context);
  if (name === undefined) return printList(context, session);
  const study = await session.studies.resolve(name);
  const progress = await studyProgress(session, openClusters(context.config), study);
  const status = await liveStatus(context, session, study);
  const dataset_version = await session.dataset.version();
  const counts = progress?.counts ?? countStatuses([]);
  const rows = progress ? runRows(progress) : [];
  printObject(
    context,
    {
      study,
      status,
      dataset_version,
      runs: counts,
      ...(progress?.not_fine_tuned ? { not_fine_tuned: progress.not_fine_tuned } : {}),
      ...(options.runs ? { each: rows } : {}),
    },
    () =>
      [
        `${study}: ${status}, dataset version ${dataset_version}`,
        Object.entries(counts)
          .map(([word, n]) => `${n} ${word}`)
          .join(', '),
        ...(progress?.not_fine_tuned
          ? [`${progress.not_fine_tuned} variants not fine-tuned (budget)`]
          : []),
        ...(progress?.seconds_left ? [`about ${duration(progress.seconds_left)} left`] : []),
        ...(options.runs ? ['', runTable(rows)] : failureLines(rows)),
      ].join('\n'),
  );
}

type RunRow = ReturnType<typeof runRows>[number];

function runRows({ statuses, latest }: StudyProgress) {
  return [...statuses].map(([run_id, status]) => {
    const row = latest.get(run_id);
    return {
      run_id,
      status,
      attempt: row?.attempt ?? null,
      cluster: row?.cluster ?? null,
      job: row?.job ?? null,
      external_id: row?.external_id ?? null,
      wall_seconds: row?.wall_seconds ?? null,
      failure_class: row?.failure_class ?? null,
      error: row?.error ?? null,
    };
  });
}

function runTable(rows: readonly RunRow[]): string {
  const cells = rows.map((row) => [
    row.run_id,
    row.status,
    String(row.attempt ?? ''),
    row.wall_seconds === null ? '' : duration(row.wall_seconds),
    row.failure_class ?? '',
  ]);
  return formatTable(['run', 'status', 'attempt', 'wall time', 'failure'], cells);
}

function failureLines(rows: readonly RunRow[]): string[] {
  return rows
    .filter((row) => row.status === 'failed')
    .map(
      (row) =>
        `failed: ${row.run_id} (${row.failure_class ?? 'unknown'}): ${row.error?.split('\n')[0] ?? ''}`,
    );
}
