/**
 * The state of a study: its runs from the record, its jobs from the clusters and Temporal, and what
 * it has spent.
 */
import type { Session } from './session';
import { countStatuses, type RunCounts } from '../domain/status';
import { openClusters } from '../study/clusters';
import { pollJobs, type LiveJobs, type NamedJobs } from '../study/live-jobs';
import { studyProgress, type StudyProgress } from '../study/progress';
import { mayBeScheduled } from '../study/schedule-notes';
import { spentByStudy, type Spent } from '../study/spent';
import { liveStatus, type LiveStatus } from './live-status';
import { withClient } from './session';
import type * as Schedules from './study-schedule';
import { findTroubles, type Troubles } from './troubles';

// Temporal's client is slow to load, and a study without a schedule does not need it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const schedules = () => require('./study-schedule') as typeof Schedules;

export interface StudyStatus {
  readonly study: string;
  readonly status: LiveStatus;
  readonly dataset_version: number;
  readonly counts: RunCounts;
  /** Null for a study that has never run. */
  readonly progress: StudyProgress | null;
  readonly troubles: Troubles;
  /** The jobs' states on their clusters, if each run is requested. */
  readonly jobs: LiveJobs;
  /** What jobs are called on each cluster. */
  readonly clusters: NamedJobs;
  readonly spent: Spent;
  readonly schedule: Schedules.ScheduleSummary | null;
}

/** The statuses in which Temporal runs the study's workflow. */
const LIVE: ReadonlySet<LiveStatus> = new Set(['running', 'paused', 'cancelling']);

/** `runs`: whether to ask the clusters about each run. */
export async function studyStatus(
  session: Session,
  study: string,
  { runs = false }: { readonly runs?: boolean | undefined },
): Promise<StudyStatus> {
  const clusters = openClusters(session.config);
  const progress = await studyProgress(session, clusters, study);
  const status = await liveStatus(session, study);
  const dataset_version = await session.dataset.version();
  return {
    ...{ study, status, dataset_version, progress, clusters },
    counts: progress?.counts ?? countStatuses([]),
    troubles: progress && LIVE.has(status) ? await troubles(session, study, progress) : new Map(),
    jobs: progress && runs ? await pollJobs(progress, clusters) : new Map(),
    spent: await spentByStudy({ ...session, clusters }, study),
    schedule: (await mayBeScheduled(session, study))
      ? await schedules().studySchedule(session, study)
      : null,
  };
}

/** What keeps a running study from making progress. */
function troubles(session: Session, study: string, progress: StudyProgress): Promise<Troubles> {
  return withClient(session, (client) => findTroubles(client, study, progress));
}
