/** How much of a fine-tuning budget is left. Pure. */
import type { RunDraft } from './runs';
import type { FineTune } from './schema';

/** The latest recorded attempt of a run, with the fields that a budget needs. */
export interface SpentRun {
  readonly fingerprint: string;
  readonly wall_seconds: number | null;
  readonly gpu_seconds?: number | null;
}

type Planned = Pick<RunDraft, 'run_id' | 'variant_id' | 'task' | 'fingerprint'>;

export interface Spent {
  /** Variants whose fine-tuning was started, whatever its result: each counts once. */
  readonly begun: ReadonlySet<string>;
  readonly hours: number;
}

export function spentOn(runs: readonly Planned[], recorded: ReadonlyMap<string, SpentRun>): Spent {
  const known = runs.flatMap((run) => {
    const record = run.task === null ? undefined : recorded.get(run.run_id);
    return record?.fingerprint === run.fingerprint ? [{ id: run.variant_id, record }] : [];
  });
  const seconds = known.map(({ record }) => record.gpu_seconds ?? record.wall_seconds ?? 0);
  return {
    begun: new Set(known.map(({ id }) => id)),
    hours: seconds.reduce((sum, value) => sum + value, 0) / 3600,
  };
}

/**
 * How many more variants may be started. Remaining hours are divided by the hours of a variant so
 * far; before the first variant one round is allowed, whatever its cost.
 */
export function variantsLeft({ top, gpu_hours, batch }: FineTune, { begun, hours }: Spent): number {
  if (top !== undefined) return Math.max(0, top - begun.size);
  const left = (gpu_hours ?? 0) - hours;
  if (!begun.size) return batch;
  if (!hours) return 0;
  return Math.max(0, Math.floor((left * begun.size) / hours + 1e-9));
}
