/** A study's status: from the books, and from Temporal if the study should be running. */
import { studyWorkflowId } from '../domain/ids';
import type { Describe, Description } from './description';
import type { Session } from './session';

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

export async function liveStatus(
  { studies }: Pick<Session, 'studies'>,
  describe: Describe,
  study: string,
): Promise<LiveStatus> {
  const latest = await studies.latest(study);
  if (!latest) return 'pending';
  if (latest.status !== 'running') return latest.status;
  const described = await describe(studyWorkflowId(study));
  return isRunning(described) ? runningStatus(described) : 'interrupted';
}

/** The server's number for the status of a workflow that runs. */
const RUNNING = 1;

export function isRunning(described: Description | null): described is Description {
  return Number(described?.workflowExecutionInfo?.status) === RUNNING;
}

/** The workflow keeps its status in a search attribute: JSON, a string or a list of one. */
function runningStatus({ workflowExecutionInfo }: Description): LiveStatus {
  const { data } = workflowExecutionInfo?.searchAttributes?.indexedFields?.ForetuneStatus ?? {};
  const said: unknown = data?.length ? JSON.parse(Buffer.from(data).toString()) : null;
  return STEERED.find((one) => [said].flat()[0] === one) ?? 'running';
}
