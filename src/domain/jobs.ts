/** Which runs share a process. Pure. */
import { studyId } from './ids';
import type { PlannedJob, PlannedRun } from './planned';
import type { Digest } from './runs';
import type { TrainedStudy } from './schema';

/** Two jobs a variant: measure (pretrain, indicate), then tune (sft and evaluate, all branches). */
export function groupJobs(
  study: TrainedStudy,
  runs: readonly PlannedRun[],
  digest: Digest,
): PlannedJob[] {
  const toRun = runs.filter((run) => run.action === 'run');
  const byVariant = new Map<string, PlannedRun[]>();
  for (const run of toRun)
    byVariant.set(run.variant_id, [...(byVariant.get(run.variant_id) ?? []), run]);
  return [...byVariant.values()].flatMap((variant) => {
    const measure = job(
      study,
      digest,
      variant.filter((run) => !run.task),
      [],
    );
    const needs = measure && variant.some((run) => run.stage === 'pretrain') ? [measure.name] : [];
    const tune = job(
      study,
      digest,
      variant.filter((run) => run.task),
      needs,
    );
    return [measure, tune].filter((one) => one !== null);
  });
}

function job(
  study: TrainedStudy,
  digest: Digest,
  runs: readonly PlannedRun[],
  needs: readonly string[],
): PlannedJob | null {
  const first = runs[0];
  if (!first) return null;
  const attempt = Math.max(...runs.map((run) => run.attempt));
  // In the folder of the job before, a run done again would find its own end.
  const again = runs.some((run) => run.redo) ? [attempt] : [];
  const identity = digest([
    studyId(study),
    runs.map((run) => [run.run_id, run.fingerprint]),
    ...again,
  ]);
  return {
    name: `${study.name}-${study.version}-${first.task ? 'tune' : 'measure'}-${identity.slice(0, 12)}`,
    variant_id: first.variant_id,
    stage: first.stage,
    run_ids: runs.map((run) => run.run_id),
    needs,
    attempt,
  };
}
