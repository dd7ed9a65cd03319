/** A study's status: what the books say, and for one that should be running, what Temporal says. */
import type { Client } from '@temporalio/client';
import { studyWorkflowId } from '../domain/ids';
import { connectClient } from './client';
import type { CliContext } from '../cli/context';
import type { StudyProgress } from '../study/progress';
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
export function liveTroubles(
  context: CliContext,
  session: Session,
  study: string,
  progress: StudyProgress,
): Promise<Troubles> {
  return connected(context, session, (client) => findTroubles(client, study, progress));
}

function workflowStatus(context: CliContext, session: Session, study: string): Promise<LiveStatus> {
  return connected(context, session, async (client) => {
    const handle = client.workflow.getHandle(studyWorkflowId(study));
    const described = await handle.describe().catch(() => null);
    // Temporal has forgotten it, or never knew it.
    if (described?.status.name !== 'RUNNING') return 'interrupted';
    const told = described.searchAttributes.ForetuneStatus?.[0];
    return STEERED.find((one) => one === told) ?? 'running';
  });
}

export async function connected<T>(
  { config }: CliContext,
  { endpoints }: Session,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectClient(config, endpoints);
  try {
    return await ask(client);
  } finally {
    await client.connection.close();
  }
}
