/**
 * Signals, updates and queries of the workflows. Their wire names have no suffix for the kind of
 * message.
 */
import type { VariantPart } from '../src/domain/ids';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

export interface VariantEnded {
  readonly variant_id: string;
  readonly runs: RunCounts;
  /** Which workflow of the variant ended, if the variant has two. */
  readonly part?: VariantPart;
}

/** How many runs ended in each way. */
export interface RunCounts {
  readonly done: number;
  readonly failed: number;
  readonly blocked: number;
  readonly cancelled: number;
}

export interface StudyProgress {
  readonly phase: 'planning' | 'importing' | 'base' | 'variants' | 'rounds' | 'fitting' | 'ended';
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly window: number;
  readonly variants_to_run: number;
  readonly variants_ended: number;
  readonly open: readonly string[];
  /** A run that was retried on request counts once for each end. */
  readonly runs: RunCounts;
}

/**
 * Sent by a variant to its study when it has ended. It is sent to the workflow id, so that it
 * reaches the study's latest run after a continue-as-new.
 */
export const variantEndedSignal = defineSignal<[VariantEnded]>('variantEnded');

/** Sent by a study to its open variants. */
export const holdSignal = defineSignal<[{ readonly paused: boolean }]>('hold');
export const stopSignal = defineSignal('stop');

export const pauseUpdate = defineUpdate<StudyProgress>('pause');
export const resumeUpdate = defineUpdate<StudyProgress>('resume');
/** Graceful: running jobs are ended; all measurements are kept, fitted and reported. */
export const cancelUpdate = defineUpdate<StudyProgress>('cancel');
export const setWindowUpdate = defineUpdate<StudyProgress, [{ readonly window: number }]>(
  'setWindow',
);
/** Runs that failed, were cancelled or were blocked. */
export interface RetryRequest {
  readonly runs: readonly string[];
}

/** Retries runs, and the runs that depend on them. */
export const retryUpdate = defineUpdate<StudyProgress, [RetryRequest]>('retry');
/** Adds the variants that were added to the study's specification. */
export const addVariantsUpdate = defineUpdate<StudyProgress>('addVariants');
export const progressQuery = defineQuery<StudyProgress>('progress');
