/** Every study on record, with its status and how many of its runs are done. */
import { countStatuses } from '../domain/status';
import { statusOfRuns } from '../study/run-statuses';
import { withDescribe } from './describe';
import type { Describe } from './description';
import { liveStatus, type LiveStatus } from './live-status';
import type { Session } from './session';

export interface ListedStudy {
  readonly study: string;
  readonly status: LiveStatus;
  readonly runs: number;
  readonly done: number;
  readonly failed: number;
  readonly started_at: string | null;
}

export function listStudies(session: Session): Promise<ListedStudy[]> {
  return withDescribe(session, async (describe) => {
    const listed: ListedStudy[] = [];
    for (const study of await session.studies.list())
      listed.push(await listedStudy(session, describe, study));
    return listed;
  });
}

async function listedStudy(
  session: Session,
  describe: Describe,
  study: string,
): Promise<ListedStudy> {
  const statuses = await statusOfRuns(session, study);
  const { total, done, reused, failed } = countStatuses(statuses.values());
  const latest = await session.studies.latest(study);
  return {
    study,
    status: await liveStatus(session, describe, study),
    runs: total,
    done: done + reused,
    failed,
    started_at: latest?.started_at ?? null,
  };
}
