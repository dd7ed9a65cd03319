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
import { withDescribe } from './describe';
import { liveStatus, type LiveStatus } from './live-status';
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
  const { status, troubles } = await fromTemporal(session, study, progress);
  const dataset_version = await session.dataset.version();
  return {
    ...{ study, status, troubles, dataset_version, progress, clusters },
    counts: progress?.counts ?? countStatuses([]),
    jobs: progress && runs ? await pollJobs(progress, clusters) : new Map(),
    spent: await spentByStudy({ ...session, clusters }, study),
    schedule: (await mayBeScheduled(session, study))
      ? await schedules().studySchedule(session, study)
      : null,
  };
}

/** The status, and what keeps a running study from making progress. */
function fromTemporal(session: Session, study: string, progress: StudyProgress | null) {
  return withDescribe(session, async (describe) => {
    const status = await liveStatus(session, describe, study);
    const troubles: Troubles =
      progress && LIVE.has(status) ? await findTroubles(describe, study, progress) : new Map();
    return { status, troubles };
  });
}
