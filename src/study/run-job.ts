/**
 * Runs a job on a cluster: submits, watches and records it. It may be killed at any moment and
 * called again: submission is idempotent by name and attempt, the job outlives the process that
 * watches it, and every commit has its own key.
 */
import type { Artifacts } from '../artifacts/artifacts';
import {
  ClusterUnavailableError,
  ForetuneError,
  InterruptedError,
  isOfStore,
  SupersededError,
} from '../base/errors';
import type { Studies } from '../books/studies';
import type { JobRequest, JobState } from '../cluster/cluster';
import type { Poller } from '../cluster/poller';
import type { Dataset } from '../dataset/log';
import type { Retry } from '../domain/schema';
import type { FailureClass } from '../domain/vocabulary';
import { BudgetWatch } from './budget';
import { requireCluster, type ClusterEntry, type Clusters } from './clusters';
import {
  loadJobContext,
  type JobAttempt,
  type JobContext,
  type JobResults,
  type RunEnd,
} from './job-context';
import { resolveInputs } from './job-inputs';
import { jobRequest } from './job-request';
import { collectResults } from './job-results';
import { endRows, submitRows } from './job-rows';
import type { Recipes } from './recipe';
import type { RemoteCheckpoints } from './remote-checkpoints';

export interface JobOutcome {
  readonly runs: readonly { readonly run_id: string; readonly status: RunEnd['status'] }[];
  /** Why the job failed, or null if it succeeded. */
  readonly failure_class: FailureClass | null;
  /** Retries of this failure class, if the study sets them. */
  readonly retry?: Retry;
}

export interface JobDeps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly artifacts: Artifacts;
  readonly clusters: Clusters;
  readonly pollers: ReadonlyMap<string, Poller>;
  readonly recipes: Recipes;
  /** Registered checkpoints in object stores. */
  readonly remote: Pick<RemoteCheckpoints, 'fetch'>;
}

/** Asks a call to stop waiting. */
export interface Stop {
  readonly signal: AbortSignal;
  /** After an abort: whether to end the job too. Otherwise the job continues without a watcher. */
  readonly endsJob: () => boolean;
}

type FailedState = Extract<JobState, { status: 'failed' }>;
type TerminalState = Extract<JobState, { status: 'succeeded' | 'failed' }>;

/** One per process, so that its jobs share the checks of budgets. */
export class JobRunner {
  private readonly budgets: BudgetWatch;

  constructor(private readonly deps: JobDeps) {
    this.budgets = new BudgetWatch(deps);
  }

  async run(attempt: JobAttempt, stop: Stop): Promise<JobOutcome> {
    const { dataset, clusters, recipes } = this.deps;
    const context = await loadJobContext(this.deps, attempt);
    const entry = requireCluster(clusters, context.job.cluster);
    const submit = keyOf(context, 'submit');
    const spent = await this.budgets.spent(context.study);
    // A job that was submitted before its worker died is watched, whatever the study has spent
    // since.
    const submitted = await dataset.hasKey(submit);
    if (spent !== null && !submitted) return this.withhold(context, spent);
    const inputs = await resolveInputs(this.deps, context, entry.cluster.weights).catch(unusable);
    if (inputs instanceof ForetuneError && !submitted) return this.refuse(context, inputs.message);
    if (!inputs && !submitted) return outcomeOf(context, 'blocked');
    // A request that the configuration does not allow is refused before anything is recorded.
    const known = inputs instanceof Map ? inputs : new Map<string, string>();
    const request = jobRequest(recipes, entry, context, known);
    await dataset.commit({ key: submit, rows: { runs: submitRows(context, new Date()) } });
    const state = await this.submitAndWatch(context, entry, request, stop);
    return this.record(context, entry, state);
  }

  /** The job is not submitted: what it starts from was replaced, or cannot be read. */
  private async refuse(context: JobContext, error: string): Promise<JobOutcome> {
    const fault = { status: 'failed', failure_class: 'user_code', error } as const;
    await this.recordUnsubmitted(context, 'refused', fault);
    return outcomeOf(context, 'failed');
  }

  /** The job is not submitted. The study continues without it, and the record has the reason. */
  private async withhold(context: JobContext, reason: string): Promise<JobOutcome> {
    await this.recordCancelled(context, 'withheld', `Not started: ${reason}.`);
    return outcomeOf(context, 'cancelled');
  }

  private recordCancelled(context: JobContext, what: string, error: string): Promise<void> {
    const end = { status: 'cancelled', failure_class: 'cancelled', error } as const;
    return this.recordUnsubmitted(context, what, end);
  }

  private async recordUnsubmitted(
    context: JobContext,
    what: string,
    end: Parameters<typeof submitRows>[2],
  ): Promise<void> {
    const runs = submitRows(context, new Date(), end);
    await this.deps.dataset.commit({ key: keyOf(context, what), rows: { runs } });
  }

  private async submitAndWatch(
    context: JobContext,
    { cluster }: ClusterEntry,
    request: JobRequest,
    stop: Stop,
  ): Promise<TerminalState> {
    const { name, attempt } = request;
    const end = () => cluster.cancel(name, { attempt });
    const guard = this.budgets.guard(context.plan.study, end);
    try {
      await cluster.submit(request);
      const poller = this.deps.pollers.get(context.job.cluster);
      const state = await poller?.wait(name, { signal: stop.signal });
      return endOf(context, state, guard.reason());
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return await this.stop(context, stop, end);
    } finally {
      guard.stop();
    }
  }

  private async stop(
    context: JobContext,
    { signal, endsJob }: Stop,
    end: () => Promise<void>,
  ): Promise<never> {
    if (!endsJob()) throw new InterruptedError('The worker is stopping; the job continues.');
    await end();
    await this.recordCancelled(context, 'cancelled', 'Cancelled on request.');
    throw signal.reason;
  }

  private async record(
    context: JobContext,
    entry: ClusterEntry,
    state: TerminalState,
  ): Promise<JobOutcome> {
    const { dataset } = this.deps;
    const results = await collectResults(this.deps, context, state, entry.cluster);
    const runs = endRows(context, state, results, entry, new Date());
    await dataset.commit({ key: keyOf(context, 'end'), rows: { runs } });
    return recorded(context, results, state);
  }
}

function keyOf({ job, attempt }: JobContext, what: string): string {
  return `job:${job.name}/attempt${attempt}/${what}`;
}

/** An error that the same call would meet again is the fault of the job's inputs. */
function unusable(error: unknown): ForetuneError {
  if (error instanceof ForetuneError && !error.retryable && !isOfStore(error)) return error;
  throw error;
}

function outcomeOf({ runs }: JobContext, status: 'blocked' | 'cancelled' | 'failed'): JobOutcome {
  return { runs: runs.map(({ run_id }) => ({ run_id, status })), failure_class: null };
}

/**
 * The end of this attempt. The result of a newer attempt must not be recorded as this attempt's.
 */
function endOf(
  { job, attempt }: JobContext,
  state: JobState | undefined,
  spent: string | null,
): TerminalState {
  if (state && 'attempt' in state && state.attempt > attempt)
    throw new SupersededError(
      `Attempt ${attempt} of job "${job.name}" was superseded by attempt ${state.attempt}, which is recorded by the process that runs it.`,
    );
  if (state?.status === 'succeeded') return state;
  if (state?.status === 'failed') return withReason(state, spent);
  throw new ClusterUnavailableError(
    `Cluster "${job.cluster}" does not know job "${job.name}": the job will be submitted again.`,
  );
}

function withReason(state: FailedState, reason: string | null): FailedState {
  if (reason === null || state.failure_class !== 'cancelled') return state;
  return { ...state, message: `Ended: ${reason}.` };
}

function recorded({ study }: JobContext, { ends }: JobResults, state: TerminalState): JobOutcome {
  const runs = ends.map(({ run_id, status }) => ({ run_id, status }));
  // A job that was killed after its last result needs no retry.
  const isComplete = ends.every(({ status }) => status === 'done');
  if (state.status !== 'failed' || isComplete) return { runs, failure_class: null };
  const { failure_class } = state;
  const retry = study.retries[failure_class];
  return { runs, failure_class, ...(retry && { retry }) };
}
