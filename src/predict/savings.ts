/** What fine-tuning only some variants saves, estimated from the cost so far. */
import type { Row } from '../dataset/tables';
import { latestRuns } from '../domain/status';
import { mapGroups, mean } from './measurements';

export interface Savings {
  /** GPU-hours if GPU time was recorded, otherwise wall-clock hours. */
  readonly unit: 'gpu_hours' | 'wall_hours';
  /**
   * The cost of fine-tuning and evaluating one variant on the task, all its seeds; mean over
   * variants.
   */
  readonly per_variant: number;
  /** The cost for all variants except the fine-tuned ones. */
  readonly saved: number;
  readonly n_measured: number;
}

type Run = Row<'runs'>;

/** Null if no fine-tuning was timed, as in an imported study. */
export function savingsOf(
  runs: readonly Run[],
  task: string,
  counts: { readonly variants: number; readonly fine_tuned: number },
): Savings | null {
  const timed = [...latestRuns(runs).values()].filter(
    (run) =>
      run.task === task && ['sft', 'evaluate'].includes(run.stage) && run.wall_seconds !== null,
  );
  if (!timed.length) return null;
  const hasGpu = timed.every((run) => run.gpu_seconds !== null);
  const seconds = (run: Run) => (hasGpu ? run.gpu_seconds : run.wall_seconds) ?? 0;
  const costs = mapGroups(
    timed,
    (run) => run.variant_id,
    (group) => group.reduce((sum, run) => sum + seconds(run), 0) / 3600,
  );
  const per_variant = mean([...costs.values()]);
  return {
    unit: hasGpu ? 'gpu_hours' : 'wall_hours',
    per_variant,
    saved: per_variant * (counts.variants - counts.fine_tuned),
    n_measured: costs.size,
  };
}
