/** What Temporal knows of a workflow, as far as it is read here. */
import type { WorkflowExecutionDescription } from '@temporalio/client';

export type Description = Pick<
  WorkflowExecutionDescription['raw'],
  'workflowExecutionInfo' | 'pendingActivities'
>;

/** Null for a workflow that Temporal does not know or no longer keeps. */
export type Describe = (workflow: string) => Promise<Description | null>;

/** An open connection that describes workflows. */
export interface Describer {
  readonly describe: Describe;
  readonly close: () => Promise<void> | void;
}
