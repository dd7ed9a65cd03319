/**
 * Runs a job on a cluster: submit, watch, record. May be killed at any moment and tried for ever:
 * the submission is idempotent by name and attempt, the job outlives its worker, and every commit
 * has a key of its own.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { JobRequest, JobState } from '../src/cluster/cluster';
import type { Artifacts } from '../src/artifacts/artifacts';
import type { Poller } from '../src/cluster/poller';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import { SpecError } from '../src/base/errors';
import { BASE_VARIANT } from '../src/domain/ids';
import type { PlannedRun } from '../src/domain/plan';
import type { Retry } from '../src/domain/schema';
import { indexOf } from '../src/domain/plan-index';
import type { FailureClass } from '../src/domain/vocabulary';
import { BudgetWatch } from '../src/study/budget';
import type { JobContext } from '../src/study/job-context';
import { resolveInputs } from '../src/study/job-inputs';
import { collectResults } from '../src/study/job-results';
import type { RunEnd } from '../src/study/job-context';
import { submitRows, endRows } from '../src/study/job-rows';
import { type ClusterEntry, requireCluster } from '../src/study/clusters';
import type { RecipeConfig } from '../src/study/recipe';

export interface JobOutcome {
  readonly runs: readonly { readonly run_id: string; readonly status: RunEnd['status'] }[];
  /** Why the job ended badly, or null when it ended well. */
  readonly failure_class: FailureClass | null;
  /** How often and when it is tried again after that, where the study says so. */
  readonly retry?: Retry;
}

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly artifacts: Artifacts;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly pollers: ReadonlyMap<string, Poller>;
  readonly recipes: Readonly<Record<string, RecipeConfig>>;
  readonly cacheDir: string;
}

type FailedState = Extract<JobState, { status: 'failed' }>;
type TerminalState = Extract<JobState, { status: 'succeeded' | 'failed' }>;

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createJobActivities(deps: Deps) {
  const budgets = new BudgetWatch(deps);
  return {
    async runJob(of: {
      readonly plan_key: string;
      readonly job: string;
      readonly attempt: number;
    }): Promise<JobOutcome> {
      const context = await loadContext(deps.studies, of);
      const submit = `job:${of.job}/attempt${of.attempt}/submit`;
      const spent = await budgets.spent(context.study);
      // One that was submitted before its worker died is watched, whatever it has cost since.
      const submitted = await deps.dataset.hasKey(submit);
      if (spent !== null && !submitted) return withhold(deps, context, spent);
      const inputs = await resolveInputs(deps, context, cacheDirOf(deps, context));
      if (!inputs && !submitted) return blocked(context);
      // What the configuration does not know is refused before anything is recorded.
      const request = jobRequest(deps, context, inputs ?? new Map());
      await deps.dataset.commit({
        key: submit,
        rows: { runs: submitRows(context, new Date()) },
      });
      const state = await submitAndWatch({ ...deps, budgets }, context, request);
      return record(deps, context, state);
    },
  };
}

async function loadContext(
  studies: Studies,
  of: { readonly plan_key: string; readonly job: string; readonly attempt: number },
): Promise<JobContext> {
  const plan = await studies.plan(of.plan_key);
  const { jobs, runs: planned } = indexOf(plan);
  const job = jobs.get(of.job);
  const { study } = await studies.recentSpec(plan.study);
  if (!job || study.kind !== 'trained')
    throw new SpecError(`Plan "${of.plan_key}" has no job "${of.job}".`);
  const runs = job.run_ids.flatMap((id) => planned.get(id) ?? []);
  return { plan, study, job, attempt: of.attempt, runs };
}

/** Not submitted: the study goes on without it, and says why. */
async function withhold(deps: Deps, context: JobContext, reason: string): Promise<JobOutcome> {
  const { job, attempt, runs } = context;
  await deps.dataset.commit({
    key: `job:${job.name}/attempt${attempt}/withheld`,
    rows: { runs: submitRows(context, new Date(), `Not started: ${reason}.`) },
  });
  const ends = runs.map(({ run_id }) => ({ run_id, status: 'cancelled' as const }));
  return { runs: ends, failure_class: null };
}

function blocked({ runs }: JobContext): JobOutcome {
  const ends = runs.map(({ run_id }) => ({ run_id, status: 'blocked' as const }));
  return { runs: ends, failure_class: null };
}

async function submitAndWatch(
  deps: Deps & { readonly budgets: BudgetWatch },
  context: JobContext,
  request: JobRequest,
): Promise<TerminalState> {
  const { cluster } = requireCluster(deps.clusters, context.study.cluster);
  const poller = deps.pollers.get(context.study.cluster);
  const signal = Context.current().cancellationSignal;
  const { name } = context.job;
  const { attempt } = context;
  const end = () => cluster.cancel(name, { attempt });
  const guard = deps.budgets.guard(context.plan.study, end);
  try {
    await cluster.submit(request);
    const state = await poller?.wait(name, { signal });
    if (state && 'attempt' in state && state.attempt > attempt)
      throw superseded(context, state.attempt);
    if (state?.status === 'succeeded') return state;
    if (state?.status === 'failed') return withReason(state, guard.reason());
    throw ApplicationFailure.retryable(`Job "${context.job.name}" is ${state?.status ?? 'gone'}.`);
  } catch (error) {
    if (!signal.aborted) throw error;
    return await stop(deps, context);
  } finally {
    guard.stop();
  }
}

/** What a newer attempt left must not be recorded as this one's. */
function superseded({ job, attempt }: JobContext, newer: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Attempt ${attempt} of job "${job.name}" was followed by attempt ${newer}: whoever runs that records it.`,
    'Superseded',
  );
}

function withReason(state: FailedState, reason: string | null): FailedState {
  if (reason === null || state.failure_class !== 'cancelled') return state;
  return { ...state, message: `Ended: ${reason}.` };
}

/**
 * Only a cancellation that was asked for ends the job. A worker that shuts down, or a workflow that
 * is gone, leaves it running for the next worker to find.
 */
async function stop(deps: Deps, context: JobContext): Promise<never> {
  const reason: unknown = Context.current().cancellationSignal.reason;
  const asked = reason instanceof CancelledFailure && reason.message === 'CANCELLED';
  if (!asked) throw ApplicationFailure.retryable('The worker is leaving; the job goes on.');
  await requireCluster(deps.clusters, context.study.cluster).cluster.cancel(context.job.name, {
    attempt: context.attempt,
  });
  await deps.dataset.commit({
    key: `job:${context.job.name}/attempt${context.attempt}/cancelled`,
    rows: { runs: submitRows(context, new Date(), 'Cancelled on request.') },
  });
  throw reason;
}

function jobRequest(
  deps: Deps,
  context: JobContext,
  inputs: ReadonlyMap<string, string>,
): JobRequest {
  const { job, study, attempt, plan, runs } = context;
  const entry = requireCluster(deps.clusters, study.cluster);
  const recipe = findRecipe(deps, study.recipe);
  return {
    name: job.name,
    attempt,
    command: recipe.command,
    environment: recipe.environment,
    time_limit_seconds: entry.time_limit_seconds,
    memory_limit_bytes: entry.memory_limit_bytes ?? null,
    job: {
      format: 1,
      job: job.name,
      study: plan.study,
      recipe: study.recipe,
      seed: study.seed,
      threads: job.variant_id === BASE_VARIANT ? entry.base_threads : entry.threads,
      cache_dir: cacheDirOf(deps, context),
      credentials_file: null,
      runs: runs.map((run) => jobRun(run, inputs)),
    },
  };
}

function jobRun(run: PlannedRun, inputs: ReadonlyMap<string, string>) {
  const { run_id, stage, variant_id, fingerprint, config, input_run_id } = run;
  const input = input_run_id && { run_id: input_run_id, uri: inputs.get(input_run_id) ?? null };
  return { run_id, stage, variant_id, fingerprint, config, input: input || null };
}

async function record(deps: Deps, context: JobContext, state: TerminalState): Promise<JobOutcome> {
  const { cluster, ...rates } = requireCluster(deps.clusters, context.study.cluster);
  const results = await collectResults(deps, context, state, {
    workDir: cluster.workDir(context.job.name),
    cacheDir: cacheDirOf(deps, context),
  });
  await deps.dataset.commit({
    key: `job:${context.job.name}/attempt${context.attempt}/end`,
    rows: { runs: endRows(context, state, results, rates, new Date()) },
  });
  // Of a job that was killed behind its last result nothing is left to try again.
  const complete = results.ends.every(({ status }) => status === 'done');
  const failed = state.status === 'failed' && !complete ? state : null;
  return {
    runs: results.ends.map(({ run_id, status }) => ({ run_id, status })),
    failure_class: failed?.failure_class ?? null,
    ...(failed && retryOf(context, failed)),
  };
}

/** The folder that jobs of the study's cluster share. */
function cacheDirOf(deps: Deps, { study }: JobContext): string {
  return requireCluster(deps.clusters, study.cluster).cache_dir ?? deps.cacheDir;
}

/** Where the study has a say of its own. */
function retryOf({ study }: JobContext, { failure_class }: FailedState): Pick<JobOutcome, 'retry'> {
  const retry = study.retries[failure_class];
  return retry ? { retry } : {};
}

function findRecipe(deps: Deps, name: string): RecipeConfig {
  const recipe = deps.recipes[name];
  if (recipe) return recipe;
  throw new SpecError(
    `There is no recipe "${name}" in temporal.config.ts. Known: ${Object.keys(deps.recipes).join(', ')}.`,
  );
}
