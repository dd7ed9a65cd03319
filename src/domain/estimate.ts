/** Estimates the duration of a run from the recorded runs of the same kind. Pure. */
import { BASE_VARIANT } from './ids';
import type { RunDraft } from './runs';

interface Measured {
  readonly wall_seconds: number | null;
  readonly gpu_seconds?: number | null;
}

export interface Estimate {
  readonly estimated_seconds: number | null;
  readonly gpu_hours: number | null;
}

/** Medians over the runs of the same stage and task; null if there are none. */
export function estimator(
  drafts: readonly RunDraft[],
  recorded: ReadonlyMap<string, Measured>,
): (draft: RunDraft) => Estimate {
  const known = new Map<string, Measured[]>();
  for (const draft of drafts) {
    const record = recorded.get(draft.run_id);
    const all = known.get(kindOf(draft));
    if (record && all) all.push(record);
    else if (record) known.set(kindOf(draft), [record]);
  }
  const estimates = new Map([...known].map(([kind, records]) => [kind, estimate(records)]));
  return (draft) => estimates.get(kindOf(draft)) ?? { estimated_seconds: null, gpu_hours: null };
}

function kindOf({ stage, task, variant_id }: RunDraft): string {
  return `${stage}/${task ?? ''}/${variant_id === BASE_VARIANT ? 'base' : ''}`;
}

function estimate(records: readonly Measured[]): Estimate {
  const used = median(records.map(({ gpu_seconds, wall_seconds }) => gpu_seconds ?? wall_seconds));
  return {
    estimated_seconds: median(records.map(({ wall_seconds }) => wall_seconds)),
    gpu_hours: used === null ? null : used / 3600,
  };
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
