/** A study's status: what the books say, and for one that should be running, what Temporal says. */
import { studyWorkflowId } from '../domain/ids';
import { connectClient } from '../client';
import type { CliContext } from './context';
import type { Session } from './session';

export type LiveStatus = 'pending' | 'running' | 'interrupted' | 'done' | 'failed' | 'cancelled';

export async function liveStatus(
  context: CliContext,
  session: Session,
  study: string,
): Promise<LiveStatus> {
  const latest = await session.studies.latest(study);
  if (!latest) return 'pending';
  if (latest.status !== 'running') return latest.status;
  return (await isRunning(context, session, study)) ? 'running' : 'interrupted';
}

async function isRunning(context: CliContext, session: Session, study: string): Promise<boolean> {
  const client = await connectClient(context.config, session.endpoints);
  try {
    const { status } = await client.workflow.getHandle(studyWorkflowId(study)).describe();
    return status.name === 'RUNNING';
  } catch {
    return false; // Temporal has forgotten it, or never knew it
  } finally {
    await client.connection.close();
  }
}
