/** Starts or finds a study's workflow, follows it to its end, and prints what came out. */
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type Client,
} from '@temporalio/client';
import { openClusters } from '../study/clusters';
import { studyId, studyWorkflowId } from '../domain/ids';
import type { Study } from '../domain/schema';
import type { PlanRequest } from '../domain/request';
import { SpecError, StackError } from '../base/errors';
import { EXIT, type CliContext } from '../cli/context';
import { missingLine, printFailures } from '../cli/words/failures';
import { studyProgress } from '../study/progress';
import { writeReportFile } from '../study/report-file';
import { printResults, readResults } from '../cli/words/results';
import type { Session } from './session';
import { watchStudy } from './follow';

export async function executeStudy(
  context: CliContext,
  session: Session & { client: Client },
  study: Study,
  request?: PlanRequest,
): Promise<void> {
  const id = studyId(study);
  await startStudy(context, session.client, study, request);
  const summary = await watchStudy(context, session, id);
  if (summary.not_fine_tuned)
    context.stderr(`${summary.not_fine_tuned} variants not fine-tuned (budget).`);
  if (summary.spent !== undefined)
    context.stderr(
      `The study ended at ${summary.spent}. Raise \`budget\` in the study file and run it again: it goes on from here.`,
    );
  await printFailures(context, session, id);
  if (summary.status !== 'done') await printMissing(context, session, id);
  const html = await session.studies.report(id);
  const report = html === null ? null : writeReportFile(context, { study: id }, html);
  printResults(context, await readResults(session, id), { status: summary.status, report });
  if (report) context.stderr(`\nReport: ${report}`);
  context.setExitCode(summary.status === 'done' ? EXIT.done : EXIT.failed);
}

async function printMissing(context: CliContext, session: Session, study: string): Promise<void> {
  const progress = await studyProgress(session, openClusters(context.config), study);
  const line = progress && missingLine(progress);
  if (line) context.stderr(line);
}

/** A second start attaches to the first, unless it asks for something of its own. */
export async function startStudy(
  context: CliContext,
  client: Client,
  study: Study,
  request?: PlanRequest,
): Promise<void> {
  const id = studyId(study);
  const start = client.workflow.start('studyWorkflow', {
    workflowId: studyWorkflowId(id),
    taskQueue: context.config.temporal.taskQueue,
    args: [{ study: id, window: study.window, ...(request && { request }) }],
    workflowIdConflictPolicy: request ? 'FAIL' : 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    searchAttributes: { ForetuneStudy: [id], ForetuneStatus: ['running'] },
  });
  await start.catch((error: unknown) => explainRefusal(id, error));
}

/** As on a server that does not know our search attributes: the reason is in the cause. */
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
