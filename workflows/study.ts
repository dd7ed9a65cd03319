/**
 * A whole study: plans what is missing, trains the shared base, runs the variants in a sliding
 * window, fits the proxies and writes the report. Histories contain keys and counts, never
 * measurements. Variants are child workflows that outlive a continue-as-new of their study: each
 * signals its end to the study's workflow id, the open ones are part of the state, and an activity
 * finds those that closed without a signal.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Amended, StudySummary } from '../activities';
import { BASE_VARIANT } from '../src/domain/ids';
import type { PlanRequest } from '../src/domain/request';
import { books } from './activity-options';
import { partOf, reconcile, signalVariant, startVariant } from './children';
import { notifyEnd, notifyFailure } from './notify';
import {
  handleMessages,
  hasMore,
  isAtEnd,
  newState,
  nextInQueue,
  type StudyState,
} from './study-state';

export interface StudyInput {
  readonly study: string;
  readonly window: number;
  /** The runs that are requested; by default all that are missing. */
  readonly request?: PlanRequest;
  /** Passed on at a continue-as-new. */
  readonly state?: StudyState;
}

/** Well below Temporal's limits of 51,200 events and 50 MB. */
const MAX_EVENTS = 4000;
/** Number of variant ids in one activity result. */
const PAGE = 200;
const RECONCILE_AFTER = '1 minute';

export function studyWorkflow(input: StudyInput): Promise<StudySummary> {
  return notifyFailure(input.study, () => runStudy(input));
}

async function runStudy(input: StudyInput): Promise<StudySummary> {
  const state = input.state ?? newState(input.window);
  const { study } = input;
  handleMessages(state, { forward, amend: (only) => amend(study, state, only) });
  if (!state.plan) state.plan = await books.makePlan({ study, ...input.request });
  if (state.plan.imports) {
    state.phase = 'importing';
    await books.importTable({ study: input.study, plan_key: state.plan.key });
  }
  await runBase(input, state);
  await runVariants(input, state);
  if (state.plan.in_rounds) await runRounds(input, state);
  return conclude(input.study, state);

  async function forward(send: 'hold' | 'stop'): Promise<void> {
    await Promise.all(state.open.map((id) => signalVariant(input.study, state, id, send)));
  }
}

/** Every variant starts from the base, so nothing else starts before the base has ended. */
async function runBase(input: StudyInput, state: StudyState): Promise<void> {
  if (!state.plan?.runs_base || state.base_ended) return;
  state.phase = 'base';
  if (!state.open.includes(BASE_VARIANT)) {
    await until(input, state, () => mayStart(state));
    if (state.cancelled) return;
    await startVariant(input.study, state, BASE_VARIANT);
  }
  await until(input, state, () => !state.open.length);
  state.base_ended = true;
}

async function runVariants(input: StudyInput, state: StudyState): Promise<void> {
  // The study was continued as new during its rounds: all variants are already measured.
  if (state.part === 'tune') return;
  state.phase = 'variants';
  if (state.plan?.in_rounds) state.part = 'measure';
  do {
    while (!state.cancelled) {
      if (!state.queue.length && !(await fetchPage(state))) break;
      await startNext(input, state);
    }
    await until(input, state, () => isAtEnd(state));
  } while (hasMore(state));
}

async function startNext(input: StudyInput, state: StudyState): Promise<void> {
  await until(input, state, () => mayStart(state) && (state.cancelled || canStart(state)));
  await Promise.all(startTogether(input.study, state));
  await leaveLongHistory(input, state);
}

/** Starts as many variants as the window has room for, in one workflow task. */
function startTogether(study: string, state: StudyState): Promise<void>[] {
  const starts: Promise<void>[] = [];
  do {
    const next = state.cancelled ? undefined : nextInQueue(state);
    if (next === undefined) break;
    state.queue = state.queue.filter((id) => id !== next);
    starts.push(startVariant(study, state, next));
  } while (mayStart(state));
  return starts;
}

function canStart(state: StudyState): boolean {
  return nextInQueue(state) !== undefined;
}

async function amend(
  study: string,
  { plan, offset }: StudyState,
  only?: readonly string[],
): Promise<Amended> {
  const plan_key = plan?.key ?? '';
  return books.amendPlan({ study, plan_key, offset, ...(only && { only }) });
}

/**
 * All variants of a round end before the next round is chosen, since the choice uses their
 * outcomes.
 */
async function runRounds(input: StudyInput, state: StudyState): Promise<void> {
  state.phase = 'rounds';
  state.part = 'tune';
  while (!state.cancelled) {
    if (!state.queue.length && !(await chooseRound(input, state))) break;
    await startNext(input, state);
  }
  await until(input, state, () => !state.open.length);
}

async function chooseRound({ study, ...input }: StudyInput, state: StudyState): Promise<boolean> {
  await until({ study, ...input }, state, () => !state.open.length);
  if (!state.plan || state.cancelled) return false;
  const chosen = state.chosen ?? [];
  const choices = await books.chooseVariants({ study, plan_key: state.plan.key, chosen });
  const ids = choices.map(({ variant_id }) => variant_id);
  state.chosen = [...chosen, ...ids];
  state.queue.push(...ids);
  return ids.length > 0;
}

/** Evaluated again after every message: the window and the pause may change in the meantime. */
function mayStart({ cancelled, paused, open, window }: StudyState): boolean {
  return cancelled || (!paused && open.length < window);
}

async function fetchPage(state: StudyState): Promise<boolean> {
  if (!state.plan || state.listed === state.plan.key) return false;
  const { key } = state.plan;
  const page = await books.listVariants({
    plan_key: key,
    offset: state.offset,
    limit: PAGE,
    ...partOf(state),
  });
  state.offset += page.length;
  state.queue.push(...page);
  if (!page.length) state.listed = key;
  return page.length > 0;
}

/** Waits for variants and messages, however long that takes. */
async function until(input: StudyInput, state: StudyState, ready: () => boolean): Promise<void> {
  while (!(await condition(ready, RECONCILE_AFTER))) {
    await reconcile(input.study, state);
    await leaveLongHistory(input, state);
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
  const summary = await books.reportStudy({
    study,
    cancelled: state.cancelled,
    ...(state.plan?.in_rounds && { chosen: state.chosen ?? [] }),
  });
  state.phase = 'ended';
  upsertSearchAttributes({ ForetuneStatus: [summary.status] });
  await notifyEnd(summary);
  await condition(allHandlersFinished);
  return summary;
}
