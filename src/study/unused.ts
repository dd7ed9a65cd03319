/** Whether a study's configuration may still be corrected under its name and version. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { IsUnused } from '../books/studies';
import type { Dataset } from '../dataset/log';
import { studyWorkflowId } from '../domain/ids';
import type { CliContext } from '../cli/context';
import { connected } from '../temporal/live-status';
import type { Session } from '../temporal/session';

const MEASURED = ['checkpoints', 'curves', 'indicators', 'outcomes', 'samples'] as const;
/** Of runs that left nothing. */
const LEFT_NOTHING = new Set(['failed', 'cancelled', 'blocked']);

export function unusedIn(context: CliContext, session: Session): IsUnused {
  return async (study) =>
    (await hasNoMeasurement(session.dataset, study)) &&
    !(await connected(context, session, (client) => runs(client, study)));
}

/** Nothing measured, and no job that may still be at it. */
export async function hasNoMeasurement(dataset: Dataset, study: string): Promise<boolean> {
  const attempts = await dataset.read('runs', { study });
  if (attempts.some(({ status }) => status === 'done')) return false;
  const newest = await dataset.newest('runs', study);
  if ([...newest.values()].some(({ status }) => !LEFT_NOTHING.has(status))) return false;
  const tables = await Promise.all(MEASURED.map((table) => dataset.read(table, { study })));
  return tables.every((rows) => rows.length === 0);
}

/** A server that does not answer is no answer. */
async function runs(client: Client, study: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(studyWorkflowId(study)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
