/** Which checkpoints of a study go to the object store, and which of them are kept there. */
import { BASE_VARIANT } from './ids';
import type { PlannedRun } from './plan';
import type { TrainedStudy } from './schema';

type Run = Pick<PlannedRun, 'stage' | 'variant_id'>;

/**
 * While the study runs: inputs of jobs on other machines, and checkpoints that are kept at the end.
 */
export function isKept(study: TrainedStudy, run: Run): boolean {
  const { keep_checkpoints: keep } = study;
  return keep !== undefined && (isPretrained(run) || keep === 'all');
}

/** After the study has completed. */
export function staysKept({ keep_checkpoints: keep }: TrainedStudy, run: Run): boolean {
  if (keep === 'base') return run.stage === 'pretrain' && run.variant_id === BASE_VARIANT;
  if (keep === 'pretrained') return isPretrained(run);
  return keep === 'all';
}

function isPretrained({ stage }: Run): boolean {
  return stage === 'pretrain' || stage === 'checkpoint';
}
