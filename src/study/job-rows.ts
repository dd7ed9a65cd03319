/** Rows of the `runs` table: one for each run at submission and one at its end. */
import type { JobState } from '../cluster/cluster';
import type { Plan, PlannedRun } from '../domain/plan';
import { costOf, shareOut, type Rates } from '../domain/spending';
import type { IDENTITY_COLUMNS, Row } from '../dataset/tables';
import { isOfEarlierAttempt } from './finished-runs';
import type { JobContext, JobResults, RunEnd } from './job-context';

type Unsubmitted = Pick<RunEnd, 'status' | 'failure_class' | 'error'>;
type TerminalState = Extract<JobState, { status: 'succeeded' | 'failed' }>;

/** The columns that all tables have in common. */
export function identity(
  { plan, attempt }: JobContext,
  run: PlannedRun,
  recorded_at: Date,
): Pick<Row<'runs'>, (typeof IDENTITY_COLUMNS)[number]> {
  const { variant_id, run_id } = run;
  return { study: plan.study, variant_id, run_id, attempt, recorded_at };
}

/** `unsubmitted`: why the job is not submitted, or was ended before its submission. */
export function submitRows(
  context: JobContext,
  now: Date,
  unsubmitted?: Unsubmitted,
): Row<'runs'>[] {
  const runs = context.runs.filter(({ run_id }) => !context.finished.has(run_id));
  return runs.map((run) => ({
    ...describe(context, run, now),
    external_id: '',
    status: unsubmitted?.status ?? 'running',
    failure_class: unsubmitted?.failure_class ?? null,
    error: unsubmitted?.error ?? null,
    started_at: null,
    ended_at: null,
    wall_seconds: null,
    cpu_seconds: null,
    max_rss_bytes: null,
  }));
}

/** CPU time and memory are those of the whole job, recorded once, with its first run. */
export function endRows(
  context: JobContext,
  state: TerminalState,
  results: JobResults,
  rates: Rates,
  now: Date,
): Row<'runs'>[] {
  const usage = 'usage' in state ? state.usage : null;
  // The scheduler's accounting is what it charges for; not every scheduler counts GPUs.
  const allocation = usage?.allocation;
  const endOf = ({ run_id }: PlannedRun) => results.ends.find((one) => one.run_id === run_id);
  const runs = context.runs.filter((run) => !isOnRecord(context, endOf(run)));
  const ends = runs.map(endOf);
  const seconds = shareOut(
    allocation?.seconds ?? jobSeconds(state),
    ends.map((end) => end?.wall_seconds ?? null),
  );
  return runs.map((run, i) => {
    const end = ends[i];
    return {
      ...describe(context, run, now),
      ...priced(seconds[i] ?? 0, { ...rates, gpus: allocation?.gpus || rates.gpus }),
      recipe_version: results.recipe_version ?? planned(context.plan, run).recipe_version,
      external_id: state.external_id,
      status: end?.status ?? 'failed',
      failure_class: end?.failure_class ?? null,
      error: end?.error ?? null,
      started_at: state.started_at,
      ended_at: state.ended_at,
      wall_seconds: end?.wall_seconds ?? null,
      cpu_seconds: i === 0 ? (usage?.cpu_seconds ?? null) : null,
      max_rss_bytes: i === 0 ? (usage?.max_rss_bytes ?? null) : null,
    };
  });
}

function isOnRecord({ finished }: JobContext, end: RunEnd | undefined): boolean {
  return end?.status === 'done' && isOfEarlierAttempt(finished, end.run_id, end.wall_seconds);
}

/** Resources of the process, as measured by the process, or else by wall time. */
function jobSeconds({ started_at, ended_at, usage }: TerminalState): number {
  if (usage) return usage.wall_seconds;
  return started_at && ended_at ? (ended_at.getTime() - started_at.getTime()) / 1000 : 0;
}

function priced(seconds: number, rates: Rates) {
  return {
    gpu_seconds: rates.gpus ? seconds * rates.gpus : null,
    cost: costOf(seconds / 3600, rates),
  };
}

function describe(context: JobContext, run: PlannedRun, now: Date) {
  const { plan, job } = context;
  return {
    ...identity(context, run, now),
    ...planned(plan, run),
    cluster: job.cluster,
    job: job.name,
    gpu_seconds: null,
    cost: null,
  };
}

/** The columns of a run's row that come from its plan. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- columns of a row
export function planned({ recipes }: Plan, run: PlannedRun) {
  const { stage, task, fingerprint, values } = run;
  const recipe = recipes[run.recipe];
  return {
    ...{ stage, task, fingerprint, values_json: JSON.stringify(values) },
    recipe: run.recipe || run.stage,
    recipe_version: recipe?.version ?? '1',
    source_digest: recipe?.source_digest ?? '',
  };
}
