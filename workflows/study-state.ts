/** What a study remembers while it runs, as plain data: it travels whole over a continue-as-new. */
import {
  ApplicationFailure,
  patched,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { PlanSummary } from '../activities';
import type { VariantPart } from '../src/domain/ids';
import { addCounts, NO_RUNS } from './counts';
import {
  cancelUpdate,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  setWindowUpdate,
  variantEndedSignal,
  type RunCounts,
  type StudyProgress,
  type VariantEnded,
} from './messages';

export interface StudyState {
  phase: StudyProgress['phase'];
  plan: PlanSummary | null;
  base_ended: boolean;
  /** Variants fetched from the plan and not started yet. */
  queue: string[];
  /** Where the next page of variants begins. */
  offset: number;
  /** Variants started and not ended. */
  open: string[];
  ended: number;
  runs: RunCounts;
  window: number;
  paused: boolean;
  cancelled: boolean;
  /** Set where variants are fine-tuned in rounds: all are measured first, then the chosen ones tuned. */
  part?: VariantPart;
  /** The variants chosen so far, in rounds. */
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

/** Counts a variant's end once, however often it is told. */
export function endVariant(state: StudyState, { variant_id, runs }: VariantEnded): void {
  if (!state.open.includes(variant_id)) return;
  state.open = state.open.filter((id) => id !== variant_id);
  state.ended += 1;
  state.runs = addCounts(state.runs, runs);
}

/** `forward` passes a change of mind on to the open variants. */
export function handleMessages(
  state: StudyState,
  forward: (message: 'hold' | 'stop') => Promise<void>,
): void {
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
  setHandler(setWindowUpdate, ({ window }) => change({ window }), {
    validator: ({ window }: { readonly window: number }) => {
      refuseWhenEnding(state);
      refuseWindow(window);
    },
  });
}

/** So that anybody sees it without asking the workflow. Studies that run since before this do not tell. */
function announce({ paused, cancelled }: StudyState): void {
  if (!patched('steered-status')) return;
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
      'The study is ending: nothing is left to steer.',
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
