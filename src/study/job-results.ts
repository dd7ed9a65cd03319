/** Commits the results of a job to the dataset of record, run by run. */
import { z } from 'zod';
import type { Artifacts } from '../artifacts/artifacts';
import { ForetuneError, isOfStore, SchemaError } from '../base/errors';
import { JobFailedError } from './job-failed';
import type { Cluster, JobState } from '../cluster/cluster';
import { fingerprint } from '../base/fingerprint';
import { readRecipeTable } from '../dataset/arrow';
import type { Commit, Dataset } from '../dataset/log';
import { isKept } from '../domain/kept';
import { saysOutOfMemory } from '../domain/evidence';
import type { PlannedRun } from '../domain/plan';
import {
  JobResultSchema,
  RECIPE_TABLES,
  type JobResult,
  type RunResult,
} from '../domain/job-schema';
import { isOfEarlierAttempt } from './finished-runs';
import type { JobContext, JobResults, RunEnd } from './job-context';
import { identity } from './job-rows';

type TerminalState = Extract<JobState, { status: 'succeeded' | 'failed' }>;

interface Deps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
}

/** Access to the files that the job left. */
type Files = Pick<Cluster, 'readFile' | 'weights'>;

export async function collectResults(
  deps: Deps,
  context: JobContext,
  state: TerminalState,
  files: Files,
): Promise<JobResults> {
  const result = await readResult(context, state, files);
  if (result instanceof JobFailedError)
    return { recipe_version: null, ends: context.runs.map((run) => lacking(context, run, result)) };
  // In parallel, so that the commits of all runs are grouped.
  const ends = await Promise.all(
    context.runs.map((run) => collectRun(deps, context, state, run, result, files)),
  );
  return { recipe_version: result.recipe_version, ends };
}

/**
 * The job's result.json, or an error that says why there is no valid one. A job that was killed may
 * have left the results of the runs that it finished.
 */
async function readResult(
  context: JobContext,
  state: TerminalState,
  files: Files,
): Promise<JobResult | JobFailedError> {
  const { name } = context.job;
  const bytes = await files.readFile(name, 'result.json');
  if (bytes === null)
    return lost(context, state, `Job "${name}" exited 0 without a result.json in its work folder.`);
  const parsed = JobResultSchema.safeParse(parseJson(Buffer.from(bytes).toString()));
  if (parsed.success && parsed.data.job === name) return parsed.data;
  const why = parsed.success
    ? `is of job "${parsed.data.job}", expected "${name}".`
    : `is not valid:\n${z.prettifyError(parsed.error)}`;
  return new JobFailedError(name, 'user_code', `Job "${name}": result.json ${why}`);
}

/** Why a run has no result: how its job failed, or `otherwise` if the job reports success. */
function lost({ job }: JobContext, state: TerminalState, otherwise: string): JobFailedError {
  return state.status === 'failed'
    ? new JobFailedError(job.name, state.failure_class, state.message)
    : new JobFailedError(job.name, 'user_code', otherwise);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 200);
  }
}

/**
 * A run whose rows are not valid has failed, with the reason; the job's other runs are not
 * affected.
 */
async function collectRun(
  deps: Deps,
  context: JobContext,
  state: TerminalState,
  run: PlannedRun,
  result: JobResult,
  files: Files,
): Promise<RunEnd> {
  const own = result.runs.find((one) => one.run_id === run.run_id);
  if (!own) {
    const error = lost(context, state, `result.json has no run "${run.run_id}".`);
    return lacking(context, run, error);
  }
  if (own.status === 'failed') return failed(run, ownFailure(context, own), own);
  if (isOfEarlierAttempt(context.finished, run.run_id, own.wall_seconds)) return done(own);
  try {
    await commitRun(deps, context, run, own, files);
  } catch (error) {
    if (error instanceof ForetuneError && !error.retryable && !isOfStore(error))
      return failed(run, new JobFailedError(context.job.name, 'user_code', error.message), own);
    throw error;
  }
  return done(own);
}

function done({ run_id, wall_seconds }: Pick<RunEnd, 'run_id' | 'wall_seconds'>): RunEnd {
  return { run_id, status: 'done', failure_class: null, error: null, wall_seconds };
}

/** The end of a run of which the job says nothing: a run that is finished stays finished. */
function lacking({ finished }: JobContext, run: PlannedRun, error: JobFailedError): RunEnd {
  const wall_seconds = finished.get(run.run_id);
  return wall_seconds === undefined
    ? failed(run, error)
    : done({ run_id: run.run_id, wall_seconds });
}

function ownFailure({ job }: JobContext, { error }: RunResult): JobFailedError {
  const words = error ?? 'no reason given';
  return new JobFailedError(
    job.name,
    saysOutOfMemory(words) ? 'out_of_memory' : 'user_code',
    words,
  );
}

/**
 * The key of measurements names the run, not the attempt. A run that is repeated because its
 * weights were lost or its worker died, perhaps on another machine, keeps its first measurements.
 * Only a run that is repeated by choice is measured again, and readers take the newest attempt. The
 * place of the weights is not a measurement.
 */
async function commitRun(
  { dataset, artifacts }: Deps,
  context: JobContext,
  run: PlannedRun,
  result: RunResult,
  files: Files,
): Promise<void> {
  const own = identity(context, run, new Date());
  const tables: Record<string, object[]> = {};
  for (const table of RECIPE_TABLES) {
    const file = result.tables[table];
    if (file === undefined) continue;
    const rows = readRecipeTable(await readTable(files, context.job.name, file), table, file);
    tables[table] = rows.map((row) => ({ ...own, ...row }));
  }
  const name = `${context.plan.study}/${run.run_id}/${run.fingerprint.slice(0, 12)}`;
  const key = run.redo ? `run:${name}/attempt${context.attempt}` : `run:${name}`;
  const isNew = Object.keys(tables).length > 0 && !(await dataset.hasKey(key));
  const made = result.checkpoint;
  const kept =
    made && isKept(context.study, run) ? await artifacts.keep(made.uri, files.weights) : null;
  await Promise.all([
    isNew && dataset.commit({ key, rows: tables }),
    made &&
      dataset.commit(checkpointCommit(context, name, { ...own, ...made, uri: kept ?? made.uri })),
  ]);
}

/**
 * The key has the place of the weights: in a dataset that was moved to another machine, an attempt
 * may be made again there. Readers take the newest row.
 */
function checkpointCommit(
  { job, attempt }: JobContext,
  name: string,
  row: { readonly uri: string; readonly sha256: string },
): Commit {
  const place = fingerprint([row.uri, row.sha256]).slice(0, 12);
  const key = `checkpoint:${name}/${job.name}/attempt${attempt}/${place}`;
  return { key, rows: { checkpoints: [row] } };
}

async function readTable(files: Files, job: string, name: string): Promise<Uint8Array> {
  const bytes = await files.readFile(job, name);
  if (bytes !== null) return bytes;
  throw new SchemaError(
    `result.json names "${name}", which cannot be read: the work folder has no such file.`,
  );
}

function failed(run: PlannedRun, error: JobFailedError, result?: RunResult): RunEnd {
  return {
    run_id: run.run_id,
    status: error.failureClass === 'cancelled' ? 'cancelled' : 'failed',
    failure_class: error.failureClass,
    error: error.message.slice(-4000),
    wall_seconds: result?.wall_seconds ?? null,
  };
}
