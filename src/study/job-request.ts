/** What a cluster is given to run a job. */
import { SpecError } from '../base/errors';
import type { JobRequest } from '../cluster/cluster';
import { BASE_VARIANT } from '../domain/ids';
import type { PlannedRun } from '../domain/plan';
import type { ClusterEntry } from './clusters';
import type { JobContext } from './job-context';
import type { RecipeConfig } from './recipe';

type Recipes = Readonly<Record<string, RecipeConfig>>;

/** `inputs`: addresses of checkpoints that come from other jobs, by the run that made them. */
export function jobRequest(
  recipes: Recipes,
  entry: Omit<ClusterEntry, 'cluster'>,
  { job, study, attempt, plan, runs }: JobContext,
  inputs: ReadonlyMap<string, string>,
): JobRequest {
  const { command, environment } = requireRecipe(recipes, study.recipe);
  return {
    ...{ name: job.name, attempt, command, environment },
    time_limit_seconds: entry.time_limit_seconds,
    memory_limit_bytes: entry.memory_limit_bytes ?? null,
    job: {
      format: 1,
      job: job.name,
      study: plan.study,
      recipe: study.recipe,
      seed: study.seed,
      threads: job.variant_id === BASE_VARIANT ? entry.base_threads : entry.threads,
      runs: runs.map((run) => jobRun(run, inputs)),
    },
  };
}

function jobRun(run: PlannedRun, inputs: ReadonlyMap<string, string>) {
  const { run_id, stage, variant_id, fingerprint, config, input_run_id } = run;
  const input = input_run_id && { run_id: input_run_id, uri: inputs.get(input_run_id) ?? null };
  return { run_id, stage, variant_id, fingerprint, config, input: input || null };
}

function requireRecipe(recipes: Recipes, name: string): RecipeConfig {
  const recipe = recipes[name];
  if (recipe) return recipe;
  throw new SpecError(
    `There is no recipe "${name}" in temporal.config.ts. Known: ${Object.keys(recipes).join(', ')}.`,
  );
}
