/**
 * Steers a running study with an update of its workflow, which returns once it has taken effect.
 */
import { WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { StudyProgress } from '../../workflows/messages';
import { SpecError } from '../base/errors';
import { studyWorkflowId } from '../domain/ids';
import { failureReason } from './client';
import type { WorkSession } from './session';

export type Change =
  | { readonly update: 'pause' | 'resume' | 'cancel' | 'addVariants' }
  | { readonly update: 'retry'; readonly runs: readonly string[] }
  | { readonly update: 'setWindow'; readonly window: number };

export type Steered = StudyProgress & { readonly study: string };

/** Throws SpecError if the study is not running or is ending. */
export async function steer(
  { client, studies }: WorkSession,
  name: string,
  change: Change,
): Promise<Steered> {
  const study = await studies.resolve(name);
  const handle = await runningStudy(client, study);
  if (!handle)
    throw new SpecError(
      `Study "${study}" is not running, so it cannot be changed. Run what is missing: npx foretune resume ${study}`,
    );
  return { study, ...(await update(handle, change)) };
}

/** The workflow of a study, or null when it is not running. */
export async function runningStudy(client: Client, study: string): Promise<WorkflowHandle | null> {
  const handle = client.workflow.getHandle(studyWorkflowId(study));
  const running = await handle.describe().then(
    ({ status }) => status.name === 'RUNNING',
    () => false, // Temporal does not know the workflow, or no longer keeps it
  );
  return running ? handle : null;
}

/** Continues a paused study. A study that is being cancelled ends without this. */
export async function unpause(client: Client, study: string): Promise<void> {
  const handle = await runningStudy(client, study);
  const progress = await handle?.query<StudyProgress>('progress');
  if (progress?.paused && !progress.cancelled) await handle?.executeUpdate('resume');
}

async function update(handle: WorkflowHandle, change: Change): Promise<StudyProgress> {
  const { update: name, ...args } = change;
  try {
    return await handle.executeUpdate<StudyProgress, [object]>(name, { args: [args] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new SpecError(failureReason(error), { cause: error });
  }
}
