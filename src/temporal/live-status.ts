/** A study's status: from the books, and from Temporal if the study should be running. */
import { studyWorkflowId } from '../domain/ids';
import { withClient, type Session } from './session';

/** `paused` and `cancelling` are running studies that a user paused or cancelled. */
const STEERED = ['paused', 'cancelling'] as const;
export type LiveStatus =
  | (typeof STEERED)[number]
  | 'pending'
  | 'running'
  | 'interrupted'
  | 'done'
  | 'failed'
  | 'cancelled';

export async function liveStatus(session: Session, study: string): Promise<LiveStatus> {
  const latest = await session.studies.latest(study);
  if (!latest) return 'pending';
  if (latest.status !== 'running') return latest.status;
  return workflowStatus(session, study);
}

function workflowStatus(session: Session, study: string): Promise<LiveStatus> {
  return withClient(session, async (client) => {
    const handle = client.workflow.getHandle(studyWorkflowId(study));
    const described = await handle.describe().catch(() => null);
    // Temporal does not know the workflow, or no longer keeps it.
    if (described?.status.name !== 'RUNNING') return 'interrupted';
    const said = described.searchAttributes.ForetuneStatus?.[0];
    return STEERED.find((one) => one === said) ?? 'running';
  });
}
