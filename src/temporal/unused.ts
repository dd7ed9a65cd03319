/** Whether a study's configuration may still be corrected, from the record and Temporal. */
import type { Client } from '@temporalio/client';
import type { IsUnused } from '../books/studies';
import { studyWorkflowId } from '../domain/ids';
import { unusedIn } from '../study/unused';
import { withClient, type Session } from './session';

export function isUnused(session: Session): IsUnused {
  return unusedIn(session.dataset, (study) => withClient(session, (client) => runs(client, study)));
}

/**
 * If the server does not answer, it is not known whether the study runs, so the error is thrown.
 */
async function runs(client: Client, study: string): Promise<boolean> {
  // Loaded late, as in `connectClient`.
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  try {
    const { status } = await client.workflow.getHandle(studyWorkflowId(study)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
