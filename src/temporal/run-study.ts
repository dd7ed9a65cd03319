/** Starts a study's workflow or attaches to it, follows it to its end, and reads the results. */
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type Client,
} from '@temporalio/client';
import type { StudySummary } from '../../activities';
import { SpecError, StackError } from '../base/errors';
import type { Config } from '../config';
import { studyId, studyWorkflowId } from '../domain/ids';
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import { openClusters } from '../study/clusters';
import { studyProgress, type StudyProgress } from '../study/progress';
import { writeReportFile } from '../study/report-file';
import { followStudy, type Display } from './follow';
import type { WorkSession } from './session';

/** How a study ended. */
export interface StudyEnd {
  readonly study: string;
  readonly summary: StudySummary;
  /** The state of each run, for a study that is not done. */
  readonly unfinished: StudyProgress | null;
  /** File of the study's report; null if no report was made. */
  readonly report: string | null;
}

export async function runStudy(
  session: WorkSession,
  study: Study,
  display: Display,
  request?: PlanRequest,
): Promise<StudyEnd> {
  const { config, studies } = session;
  const id = studyId(study);
  await startStudy(config, session.client, study, request);
  const summary = await followStudy(session, id, display);
  const isDone = summary.status === 'done';
  const unfinished = isDone ? null : await studyProgress(session, openClusters(config), id);
  const html = await studies.report(id);
  const report = html === null ? null : writeReportFile(config, { study: id }, html);
  return { study: id, summary, unfinished, report };
}

/** A second start attaches to the running study, unless it requests particular runs. */
export async function startStudy(
  { temporal }: Pick<Config, 'temporal'>,
  client: Client,
  study: Study,
  request?: PlanRequest,
): Promise<void> {
  const id = studyId(study);
  const start = client.workflow.start('studyWorkflow', {
    workflowId: studyWorkflowId(id),
    taskQueue: temporal.taskQueue,
    args: [{ study: id, window: study.window, ...(request && { request }) }],
    workflowIdConflictPolicy: request ? 'FAIL' : 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    searchAttributes: { ForetuneStudy: [id], ForetuneStatus: ['running'] },
  });
  await start.catch((error: unknown) => explainRefusal(id, error));
}

/** For example, when the server does not know our search attributes: the reason is in the cause. */
function explainRefusal(study: string, error: unknown): never {
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    throw new SpecError(
      `Study "${study}" is running: wait for its end (npx foretune resume ${study}), or cancel it first (npx foretune cancel ${study}).`,
      { cause: error },
    );
  if (!(error instanceof ServiceError)) throw error;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  throw new StackError(
    `Temporal did not start the workflow of "${study}": ${reason}. Run: npx foretune doctor`,
    { cause: error },
  );
}
