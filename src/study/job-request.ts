/** The request that a cluster gets to run a job. */
import type { JobRequest } from '../cluster/cluster';
import { BASE_VARIANT, runId } from '../domain/ids';
import type { PlannedRun } from '../domain/plan';
import type { ClusterEntry } from './clusters';
import type { JobContext } from './job-context';
import { requireRecipe, type Recipes } from './recipe';

/**
 * `inputs`: addresses of checkpoints from outside the job, by the run that made them or in whose
 * place they are registered.
 */
export function jobRequest(
  recipes: Recipes,
  entry: Omit<ClusterEntry, 'cluster'>,
  { job, attempt, plan, runs }: JobContext,
  inputs: ReadonlyMap<string, string>,
): JobRequest {
  const { command, environment } = requireRecipe(recipes, job.recipe);
  return {
    ...{ name: job.name, attempt, command, environment },
    time_limit_seconds: entry.time_limit_seconds,
    memory_limit_bytes: entry.memory_limit_bytes ?? null,
    job: {
      format: 1,
      job: job.name,
      study: plan.study,
      recipe: job.recipe,
      threads: job.variant_id === BASE_VARIANT ? entry.base_threads : entry.threads,
      runs: runs.map((run) => jobRun(run, inputs)),
    },
  };
}

function jobRun(run: PlannedRun, inputs: ReadonlyMap<string, string>) {
  const { run_id, stage, variant_id, fingerprint, config } = run;
  return { run_id, stage, variant_id, fingerprint, config, input: inputOf(run, inputs) };
}

/** A registered checkpoint takes the place of the checkpoint that pre-training would have made. */
function inputOf(
  { variant_id, input_run_id, input_uri }: PlannedRun,
  inputs: ReadonlyMap<string, string>,
) {
  if (input_run_id !== null) return { run_id: input_run_id, uri: inputs.get(input_run_id) ?? null };
  if (input_uri === null) return null;
  return { run_id: runId(variant_id, 'pretrain'), uri: inputs.get(input_uri) ?? input_uri };
}
