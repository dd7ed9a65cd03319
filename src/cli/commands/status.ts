/** `foretune status [study]`: where each run stands, from the record. */
import { createRequire } from 'node:module';
import type { Command } from 'commander';
import { openClusters } from '../../study/clusters';
import { countStatuses } from '../../domain/status';
import type { CliContext } from '../context';
import { failureLines } from '../words/failures';
import { pollJobs, type LiveJobs } from '../live-jobs';
import { duration, printObject } from '../words/output';
import { studyProgress } from '../progress';
import { waitingReasons } from '../words/reasons';
import { runRows, runTable } from '../words/run-rows';
import { mayBeScheduled } from '../schedule-notes';
import { openSession } from '../session';
import { liveStatus, liveTroubles, type LiveStatus } from '../live-status';
import { troubleLines, type Troubles } from '../troubles';
import { printList } from './list';
import { spentLines, spentOn } from '../words/spent';
import type * as StudySchedule from '../study-schedule';

/** Loaded only where Temporal is asked. */
const loadSchedules = () => createRequire(__filename)('../study-schedule') as typeof StudySchedule;

/** Temporal knows of a study that is one of these. */
const LIVE: ReadonlySet<LiveStatus> = new Set(['running', 'paused', 'cancelling']);

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
  const clusters = openClusters(context.config);
  const progress = await studyProgress(session, clusters, study);
  const status = await liveStatus(context, session, study);
  const dataset_version = await session.dataset.version();
  const counts = progress?.counts ?? countStatuses([]);
  const troubles: Troubles =
    progress && LIVE.has(status)
      ? await liveTroubles(context, session, study, progress)
      : new Map();
  const listed = options.runs ? progress : null;
  const jobs: LiveJobs = listed ? await pollJobs(listed, clusters) : new Map();
  const live = { status, troubles, jobs, clusters };
  const reasons = listed ? waitingReasons(listed, live) : new Map<string, string>();
  const rows = progress ? runRows(progress, reasons, jobs) : [];
  const spent = await spentOn({ ...session, clusters }, study);
  const scheduled = (await mayBeScheduled(session, study)) ? loadSchedules() : null;
  const schedule = await scheduled?.studySchedule(context, session, study);
  printObject(
    context,
    {
      study,
      status,
      dataset_version,
      runs: counts,
      ...(progress?.not_fine_tuned ? { not_fine_tuned: progress.not_fine_tuned } : {}),
      ...(troubles.size && { troubles: Object.fromEntries(troubles) }),
      ...spent,
      ...(schedule && { schedule }),
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
        ...troubleLines(troubles),
        ...spentLines(spent),
        ...(progress?.seconds_left ? [`about ${duration(progress.seconds_left)} left`] : []),
        ...(scheduled && schedule ? [scheduled.scheduleLine(schedule)] : []),
        ...(options.runs ? ['', runTable(clusters, rows)] : failureLines(rows)),
      ].join('\n'),
  );
}
