/**
 * A whole study: plan what is missing, train the shared base, run the variants in a sliding window,
 * fit the proxies, write the report. Histories carry keys and counts, never measurements. Variants
 * are children that outlive a continue-as-new of their study: each signals its end to the study's
 * workflow id, the open ones travel in the state, and an activity reconciles those that closed
 * without a signal.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { StudySummary } from '../activities';
import { BASE_VARIANT, variantWorkflowId } from '../src/domain/ids';
import { books } from './activity-options';
import { endVariant, handleMessages, newState, type StudyState } from './study-state';
import { variantWorkflow } from './variant';

export interface StudyInput {
  readonly study: string;
  readonly window: number;
  /** Carried over a continue-as-new. */
  readonly state?: StudyState;
}

/** Well below Temporal's limits of 51,200 events and 50 MB. */
const MAX_EVENTS = 4000;
/** How many variant ids one activity answer carries. */
const PAGE = 200;
const RECONCILE_AFTER = '1 minute';

export async function studyWorkflow(input: StudyInput): Promise<StudySummary> {
  const state = input.state ?? newState(input.window);
  handleMessages(state, forward);
  if (!state.plan) state.plan = await books.makePlan({ study: input.study });
  if (state.plan.kind === 'imported') {
    state.phase = 'importing';
    await books.importTable({ study: input.study, plan_key: state.plan.key });
  }
  await runBase(input.study, state);
  await runVariants(input, state);
  return conclude(input.study, state);

  async function forward(send: 'hold' | 'stop'): Promise<void> {
    await Promise.all(state.open.map((id) => signalVariant(input.study, id, send, state.paused)));
  }
}

/** Every variant continues the base, so nothing else starts before it has ended. */
async function runBase(study: string, state: StudyState): Promise<void> {
  if (!state.plan?.runs_base || state.base_ended) return;
  state.phase = 'base';
  if (!state.open.includes(BASE_VARIANT)) await startVariant(study, state, BASE_VARIANT);
  await untilAtMost(study, state, 0);
  state.base_ended = true;
}

async function runVariants(input: StudyInput, state: StudyState): Promise<void> {
  state.phase = 'variants';
  while (!state.cancelled) {
    if (!state.queue.length && !(await fetchPage(state))) break;
    await untilAtMost(input.study, state, state.window - 1);
    await condition(() => !state.paused || state.cancelled);
    const next = state.cancelled ? undefined : state.queue.shift();
    if (next !== undefined) await startVariant(input.study, state, next);
    await leaveLongHistory(input, state);
  }
  await untilAtMost(input.study, state, 0);
}

async function fetchPage(state: StudyState): Promise<boolean> {
  if (!state.plan) return false;
  const page = await books.listVariants({
    plan_key: state.plan.key,
    offset: state.offset,
    limit: PAGE,
  });
  state.offset += page.length;
  state.queue.push(...page);
  return page.length > 0;
}

async function startVariant(study: string, state: StudyState, variant_id: string): Promise<void> {
  if (!state.plan) return;
  state.open.push(variant_id);
  try {
    await startChild(variantWorkflow, {
      workflowId: variantWorkflowId(study, variant_id),
      args: [{ study, variant_id, plan_key: state.plan.key }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      searchAttributes: {
        ForetuneStudy: [study],
        ForetuneVariant: [variant_id],
        ForetuneStatus: ['running'],
      },
    });
  } catch (error) {
    // Left over from a study that was ended by force: its end is awaited like any other's.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Waits until no more than `limit` variants are open. */
async function untilAtMost(study: string, state: StudyState, limit: number): Promise<void> {
  const enough = () => state.open.length <= Math.max(0, limit);
  while (!(await condition(enough, RECONCILE_AFTER))) {
    const closed = await books.closedVariants({ study, variant_ids: state.open });
    for (const ended of closed) endVariant(state, ended);
  }
}

async function leaveLongHistory(input: StudyInput, state: StudyState): Promise<void> {
  const info = workflowInfo();
  if (info.historyLength < MAX_EVENTS && !info.continueAsNewSuggested) return;
  await condition(allHandlersFinished);
  await continueAsNew<typeof studyWorkflow>({ ...input, state });
}

async function conclude(study: string, state: StudyState): Promise<StudySummary> {
  state.phase = 'fitting';
  await books.fitStudy({ study });
  const summary = await books.reportStudy({ study, cancelled: state.cancelled });
  state.phase = 'ended';
  upsertSearchAttributes({ ForetuneStatus: [summary.status] });
  await condition(allHandlersFinished);
  return summary;
}

async function signalVariant(
  study: string,
  variant_id: string,
  send: 'hold' | 'stop',
  paused: boolean,
): Promise<void> {
  const variant = getExternalWorkflowHandle(variantWorkflowId(study, variant_id));
  const args = send === 'hold' ? [{ paused }] : [];
  // A variant that has just ended cannot be told: its own signal is on the way.
  await variant.signal(send, ...args).catch(() => undefined);
}
