/** A study's status: what the books say, and for one that should be running, what Temporal says. */
import { studyWorkflowId } from '../domain/ids';
import { connectClient } from '../client';
import type { CliContext } from './context';
import type { StudyProgress } from './progress';
import type { Session } from './session';
import { findTroubles, type Troubles } from './troubles';

/** `paused` and `cancelling` are running studies that were steered. */
const STEERED = ['paused', 'cancelling'] as const;
export type LiveStatus =
  | (typeof STEERED)[number]
  | 'pending'
  | 'running'
  | 'interrupted'
  | 'done'
  | 'failed'
  | 'cancelled';

export async function liveStatus(
  context: CliContext,
  session: Session,
  study: string,
): Promise<LiveStatus> {
  const latest = await session.studies.latest(study);
  if (!latest) return 'pending';
  if (latest.status !== 'running') return latest.status;
  return workflowStatus(context, session, study);
}

/** What keeps a study that runs from going on. */
export async function liveTroubles(
  context: CliContext,
  session: Session,
  study: string,
  progress: StudyProgress,
): Promise<Troubles> {
  const client = await connectClient(context.config, session.endpoints);
  try {
    return await findTroubles(client, study, progress);
  } finally {
    await client.connection.close();
  }
}

async function workflowStatus(
  context: CliContext,
  session: Session,
  study: string,
): Promise<LiveStatus> {
  const client = await connectClient(context.config, session.endpoints);
  try {
    const handle = client.workflow.getHandle(studyWorkflowId(study));
    const { status, searchAttributes } = await handle.describe();
    if (status.name !== 'RUNNING') return 'interrupted';
    const told = searchAttributes.ForetuneStatus?.[0];
    return STEERED.find((one) => one === told) ?? 'running';
  } catch {
    return 'interrupted'; // Temporal has forgotten it, or never knew it
  } finally {
    await client.connection.close();
  }
}
