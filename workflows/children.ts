/**
 * The variants of a study as child workflows: starting, adopting, signalling them, and finding
 * those that closed.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { variantWorkflowId } from '../src/domain/ids';
import { books } from './activity-options';
import { endVariant, type StudyState } from './study-state';
import { variantWorkflow } from './variant';

const CLOSES_WITHIN = '1 second';

export async function startVariant(
  study: string,
  state: StudyState,
  variant_id: string,
): Promise<void> {
  state.open.push(variant_id);
  const adopted = !(await startOnce(study, state, variant_id));
  state.again = state.again?.filter((id) => id !== variant_id);
  // Messages that came while the child was starting did not reach it, and an adopted child may
  // still be on hold.
  if (adopted || state.paused) await signalVariant(study, state, variant_id, 'hold');
  if (state.cancelled) await signalVariant(study, state, variant_id, 'stop');
}

/**
 * False for a variant that is left from a study that was terminated: the study waits for its end as
 * for any other. A variant that is started again has already signalled its end, and may take a
 * moment to close.
 */
async function startOnce(study: string, state: StudyState, variant_id: string): Promise<boolean> {
  for (;;) {
    try {
      await startAsChild(study, state, variant_id);
      return true;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (!state.again?.includes(variant_id)) return false;
      await sleep(CLOSES_WITHIN);
    }
  }
}

async function startAsChild(study: string, state: StudyState, variant_id: string): Promise<void> {
  if (!state.plan) return;
  await startChild(variantWorkflow, {
    workflowId: variantWorkflowId(study, variant_id, state.part),
    args: [{ study, variant_id, plan_key: state.plan.key, ...partOf(state) }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    searchAttributes: {
      ForetuneStudy: [study],
      ForetuneVariant: [variant_id],
      ForetuneStatus: ['running'],
    },
  });
}

/** Counts variants that closed without a signal as ended. */
export async function reconcile(study: string, state: StudyState): Promise<void> {
  if (!state.open.length) return;
  const closed = await books.closedVariants({
    study,
    variant_ids: state.open,
    ...partOf(state),
  });
  for (const ended of closed) endVariant(state, ended);
}

/** Absent if variants are not split into parts. */
export function partOf({ part }: StudyState): Pick<StudyState, 'part'> {
  return part ? { part } : {};
}

export async function signalVariant(
  study: string,
  { part, paused }: StudyState,
  variant_id: string,
  send: 'hold' | 'stop',
): Promise<void> {
  const variant = getExternalWorkflowHandle(variantWorkflowId(study, variant_id, part));
  const args = send === 'hold' ? [{ paused }] : [];
  // A variant that has just ended cannot be signalled: its own signal is on the way.
  await variant.signal(send, ...args).catch(() => undefined);
}
