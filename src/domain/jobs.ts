/** Groups runs into jobs: the runs of a job share a process. Pure. */
import { studyId } from './ids';
import type { PlannedJob, PlannedRun } from './planned';
import type { Digest } from './runs';
import type { TrainedStudy } from './schema';

/**
 * Two jobs per variant: measure (pretrain, indicate), then tune (sft and evaluate, all branches). More
 * if the stages of a variant use several recipes or clusters. The variants of one training run are
 * measured in one job.
 */
export function groupJobs(
  study: TrainedStudy,
  runs: readonly PlannedRun[],
  digest: Digest,
): PlannedJob[] {
  const groups = new Map<string, PlannedRun[]>();
  const groupOf = new Map<string, string>();
  for (const run of runs) {
    if (run.action !== 'run' || run.stage === 'import') continue;
    const variant = run.task === null ? run.trained_as : run.variant_id;
    const key = JSON.stringify([variant, partOf(run), run.recipe, run.cluster]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
    groupOf.set(run.run_id, key);
  }
  const names = new Map([...groups].map(([key, own]) => [key, nameOf(study, digest, own)]));
  return inOrder(runs, groupOf).map((key) => {
    const own = groups.get(key) ?? [];
    const needed = new Set(own.flatMap(({ input_run_id: id }) => (id && groupOf.get(id)) || []));
    const needs = [...needed].filter((other) => other !== key && isOwn(groups, other, own));
    return jobOf(
      own,
      names.get(key) ?? '',
      needs.flatMap((other) => names.get(other) ?? []),
    );
  });
}

/** A job depends on jobs of its own training run only; the study itself waits for the shared base. */
function isOwn(
  groups: ReadonlyMap<string, readonly PlannedRun[]>,
  other: string,
  own: readonly PlannedRun[],
): boolean {
  return groups.get(other)?.[0]?.trained_as === own[0]?.trained_as;
}

function partOf({ task }: PlannedRun): 'measure' | 'tune' {
  return task === null ? 'measure' : 'tune';
}

/** Keys of the jobs: those of a training run are adjacent, in the order of their first runs. */
function inOrder(runs: readonly PlannedRun[], groupOf: ReadonlyMap<string, string>): string[] {
  const byTraining = new Map<string, Set<string>>();
  for (const { run_id, trained_as } of runs) {
    const key = groupOf.get(run_id);
    if (key === undefined) continue;
    const own = byTraining.get(trained_as) ?? new Set();
    byTraining.set(trained_as, own.add(key));
  }
  return [...byTraining.values()].flatMap((keys) => [...keys]);
}

function nameOf(study: TrainedStudy, digest: Digest, runs: readonly PlannedRun[]): string {
  const attempt = attemptOf(runs);
  // In the folder of the previous job, a repeated run would find the result of the earlier one.
  const again = runs.some((run) => run.redo) ? [attempt] : [];
  const identity = digest([
    studyId(study),
    runs.map((run) => [run.run_id, run.fingerprint]),
    ...again,
  ]);
  const part = runs[0] ? partOf(runs[0]) : '';
  return `${study.name}-${study.version}-${part}-${identity.slice(0, 12)}`;
}

function jobOf(runs: readonly PlannedRun[], name: string, needs: readonly string[]): PlannedJob {
  const first = runs[0] as PlannedRun;
  return {
    name,
    variant_id: first.task === null ? first.trained_as : first.variant_id,
    trained_as: first.trained_as,
    stage: first.stage,
    recipe: first.recipe,
    cluster: first.cluster,
    run_ids: runs.map((run) => run.run_id),
    needs,
    attempt: attemptOf(runs),
  };
}

function attemptOf(runs: readonly PlannedRun[]): number {
  return Math.max(...runs.map((run) => run.attempt));
}
