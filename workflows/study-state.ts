/** The state of a running study, as plain data that is passed on at a continue-as-new. */
import {
  ApplicationFailure,
  condition,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Amended, PlanSummary } from '../activities';
import type { VariantPart } from '../src/domain/ids';
import { addCounts, NO_RUNS } from './counts';
import {
  addVariantsUpdate,
  cancelUpdate,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  retryUpdate,
  setWindowUpdate,
  variantEndedSignal,
  type RetryRequest,
  type RunCounts,
  type StudyProgress,
  type VariantEnded,
} from './messages';

export interface StudyState {
  phase: StudyProgress['phase'];
  plan: PlanSummary | null;
  base_ended: boolean;
  /** Variants that were fetched from the plan and not yet started. */
  queue: string[];
  /** Offset of the next page of variants. */
  offset: number;
  /** Key of the plan whose variants have all been listed. */
  listed?: string;
  /** Variants that ended and are started again on request. */
  again?: string[];
  /** Number of changes to the plan in progress. */
  amending?: number;
  /** Variants that were started and have not ended. */
  open: string[];
  ended: number;
  runs: RunCounts;
  window: number;
  paused: boolean;
  cancelled: boolean;
  /**
   * Set if variants are fine-tuned in rounds: first all are measured, then the chosen ones are
   * tuned.
   */
  part?: VariantPart;
  /** The variants chosen so far, if variants are fine-tuned in rounds. */
  chosen?: string[];
}

export function newState(window: number): StudyState {
  return {
    phase: 'planning',
    plan: null,
    base_ended: false,
    queue: [],
    offset: 0,
    open: [],
    ended: 0,
    runs: NO_RUNS,
    window,
    paused: false,
    cancelled: false,
  };
}

/** Counts a variant's end once, however often it is signalled. */
export function endVariant(state: StudyState, { variant_id, runs }: VariantEnded): void {
  if (!state.open.includes(variant_id)) return;
  state.open = state.open.filter((id) => id !== variant_id);
  state.ended += 1;
  state.runs = addCounts(state.runs, runs);
}

/** Whether all listed variants have ended, or there is more to start. */
export function isAtEnd(state: StudyState): boolean {
  return (!state.open.length && !state.amending) || hasMore(state);
}

/** Whether variants remain to be listed or started. */
export function hasMore({ cancelled, queue, listed, plan }: StudyState): boolean {
  return !cancelled && (queue.length > 0 || listed !== plan?.key);
}

/** The first variant in the queue whose previous try is not still open. */
export function nextInQueue({ queue, open }: StudyState): string | undefined {
  return queue.find((id) => !open.includes(id));
}

/** A study does not end while a change is in progress. */
async function changePlan(
  state: StudyState,
  amend: () => Promise<Amended>,
): Promise<StudyProgress> {
  await condition(() => state.plan !== null);
  state.amending = (state.amending ?? 0) + 1;
  try {
    takeUp(state, await amend());
  } finally {
    state.amending -= 1;
  }
  return progress(state);
}

/** Variants that run again no longer count as ended. */
function takeUp(state: StudyState, { plan, again }: Amended): void {
  state.plan = plan;
  const fresh = again.filter((id) => !state.queue.includes(id));
  state.queue.push(...fresh);
  state.again = [...(state.again ?? []), ...fresh];
  state.ended -= fresh.filter((id) => !state.open.includes(id)).length;
}

export interface Reach {
  /** Forwards a pause, resume or cancel to the open variants. */
  readonly forward: (message: 'hold' | 'stop') => Promise<void>;
  /** Changes the plan: retries the given runs, or by default adds new variants. */
  readonly amend: (runs?: readonly string[]) => Promise<Amended>;
}

export function handleMessages(state: StudyState, { forward, amend }: Reach): void {
  const change = async (fields: Partial<StudyState>, message?: 'hold' | 'stop') => {
    Object.assign(state, fields);
    announce(state);
    if (message) await forward(message);
    return progress(state);
  };
  const validator = () => refuseWhenEnding(state);
  setHandler(variantEndedSignal, (ended) => {
    if (ended.part === state.part) endVariant(state, ended);
  });
  setHandler(progressQuery, () => progress(state));
  setHandler(pauseUpdate, () => change({ paused: true }, 'hold'), { validator });
  setHandler(resumeUpdate, () => change({ paused: false }, 'hold'), { validator });
  setHandler(cancelUpdate, () => change({ cancelled: true }, 'stop'), { validator });
  setHandler(retryUpdate, ({ runs }) => changePlan(state, () => amend(runs)), {
    validator: (_: RetryRequest) => refuseAmending(state),
  });
  setHandler(addVariantsUpdate, () => changePlan(state, () => amend()), {
    validator: () => refuseAmending(state),
  });
  setHandler(setWindowUpdate, ({ window }) => change({ window }), {
    validator: ({ window }: { readonly window: number }) => {
      refuseWhenEnding(state);
      refuseWindow(window);
    },
  });
}

/** Makes the status visible without a query to the workflow. */
function announce({ paused, cancelled }: StudyState): void {
  const status = cancelled ? 'cancelling' : paused ? 'paused' : 'running';
  upsertSearchAttributes({ ForetuneStatus: [status] });
}

function progress(state: StudyState): StudyProgress {
  const { phase, paused, cancelled, window, open, runs } = state;
  const variants_to_run = (state.plan?.variants_to_run ?? 0) + (state.chosen?.length ?? 0);
  return {
    phase,
    paused,
    cancelled,
    window,
    open,
    runs,
    variants_to_run,
    variants_ended: state.ended,
  };
}

function refuseWhenEnding(state: StudyState): void {
  if (state.phase === 'fitting' || state.phase === 'ended')
    throw ApplicationFailure.nonRetryable(
      'The study is ending and can no longer be changed.',
      'SpecError',
    );
}

function refuseAmending(state: StudyState): void {
  refuseWhenEnding(state);
  const why = state.cancelled
    ? 'is being cancelled'
    : state.plan?.in_rounds
      ? 'fine-tunes in rounds'
      : null;
  if (why)
    throw ApplicationFailure.nonRetryable(
      `The study ${why}: wait until it has ended, then run or resume it with your changes.`,
      'SpecError',
    );
}

function refuseWindow(window: number): void {
  if (!Number.isInteger(window) || window < 1 || window > 1000)
    throw ApplicationFailure.nonRetryable(
      `The window is ${window}, expected a whole number from 1 to 1000.`,
      'SpecError',
    );
}
