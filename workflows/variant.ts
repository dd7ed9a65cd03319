/**
 * One variant of a study: pre-training and its indicators, then fine-tuning and evaluation for each
 * task and seed. A job that fails is recorded with its class and leaves the other jobs running. At
 * the end, the variant signals to its study, by workflow id, how its runs ended.
 */
import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { studyWorkflowId, type VariantPart } from '../src/domain/ids';
import type { PlannedJob } from '../src/domain/plan';
import { RETRIES, type FailureClass, type RunStatus } from '../src/domain/vocabulary';
import { cluster, localBooks } from './activity-options';
import { addCounts, countRuns, NO_RUNS } from './counts';
import { holdSignal, stopSignal, variantEndedSignal, type RunCounts } from './messages';

export interface VariantInput {
  readonly study: string;
  readonly variant_id: string;
  readonly plan_key: string;
  /** Only this part of the variant's jobs; by default all of them. */
  readonly part?: VariantPart;
}

export async function variantWorkflow(input: VariantInput): Promise<RunCounts> {
  const jobs = await localBooks.listJobs(input);
  const control = listen();
  const ended = new Map<string, Promise<RunCounts>>();
  for (const job of jobs)
    ended.set(
      job.name,
      runAfter(
        job.needs.flatMap((need) => ended.get(need) ?? []),
        () => runJob(input, job, control),
      ),
    );
  const counts = (await Promise.all([...ended.values()])).reduce(addCounts, NO_RUNS);
  upsertSearchAttributes({ ForetuneStatus: [statusOf(counts)] });
  await signalStudy(input, counts);
  return counts;
}

function statusOf({ failed, blocked, cancelled }: RunCounts): RunStatus {
  if (failed + blocked) return 'failed';
  return cancelled ? 'cancelled' : 'done';
}

async function runAfter(
  needs: readonly Promise<RunCounts>[],
  run: () => Promise<RunCounts>,
): Promise<RunCounts> {
  await Promise.all(needs);
  return run();
}

interface Control {
  paused: boolean;
  stopped: boolean;
  readonly scope: CancellationScope;
}

/** Handles the signals that the study sends to a running variant. */
function listen(): Control {
  const control: Control = { paused: false, stopped: false, scope: new CancellationScope() };
  setHandler(holdSignal, ({ paused }) => void (control.paused = paused));
  setHandler(stopSignal, () => {
    control.stopped = true;
    control.scope.cancel();
  });
  return control;
}

async function runJob(input: VariantInput, job: PlannedJob, control: Control): Promise<RunCounts> {
  try {
    return await control.scope.run(() => tryJob(input, job, control));
  } catch (error) {
    if (!control.stopped || !isCancellation(error)) throw error;
    return { ...NO_RUNS, cancelled: job.run_ids.length };
  }
}

/** Tries a job until it succeeds or the retries of its failure class are used up. */
async function tryJob(input: VariantInput, job: PlannedJob, control: Control): Promise<RunCounts> {
  const spent = new Map<FailureClass, number>();
  for (let attempt = job.attempt; ; attempt++) {
    await condition(() => !control.paused);
    upsertSearchAttributes({ ForetuneStage: [job.stage] });
    const outcome = await cluster.runJob({ plan_key: input.plan_key, job: job.name, attempt });
    const failure = outcome.failure_class;
    if (!failure) return countRuns(outcome.runs);
    const { times, pause_seconds } = outcome.retry ?? RETRIES[failure];
    const time = (spent.get(failure) ?? 0) + 1;
    if (time > times) return countRuns(outcome.runs);
    spent.set(failure, time);
    log.warn('Job failed and will be retried', { job: job.name, class: failure });
    const pause = Math.min(pause_seconds * 2 ** (time - 1), LONGEST_PAUSE_SECONDS);
    if (pause) await sleep(pause * 1000);
  }
}

const LONGEST_PAUSE_SECONDS = 600;

/** A study that no longer runs needs no signal: everything is on record. */
async function signalStudy(input: VariantInput, runs: RunCounts): Promise<void> {
  const study = getExternalWorkflowHandle(studyWorkflowId(input.study));
  try {
    const { variant_id, part } = input;
    await study.signal(variantEndedSignal, { variant_id, runs, ...(part && { part }) });
  } catch (error) {
    log.warn('The study could not be notified', { error: String(error) });
  }
}
