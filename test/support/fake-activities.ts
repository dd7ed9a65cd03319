/**
 * A study whose activities are played: no store, no cluster. Each variant has a job that measures
 * and one that tunes, as planned studies have. Whatever is held waits until it is released.
 */
import { Context } from '@temporalio/activity';
import type {
  Activities,
  Notification,
  JobOutcome,
  PlanSummary,
  RecordedFits,
  StudySummary,
} from '../../activities';
import { BASE_VARIANT, runId } from '../../src/domain/ids';
import type { PlannedJob } from '../../src/domain/plan';
import type { FailureClass } from '../../src/domain/vocabulary';
import type { RunCounts, VariantEnded } from '../../workflows/messages';
import { Gates } from './gates';

export interface FakeStudyOptions {
  readonly variants: readonly string[];
  readonly base?: boolean;
  readonly imports?: boolean;
  /** How many variants one answer lists at most. */
  readonly page?: number;
  /** Fine-tunes in rounds: the next variants, given those chosen before. */
  readonly choose?: (chosen: readonly string[]) => readonly string[];
  /** How an attempt at a job ends: null for well. */
  readonly outcome?: (job: string, attempt: number) => FailureClass | null;
  /** What a re-fit finds on record; by default nothing. */
  readonly recorded?: Partial<RecordedFits>;
  /** Variants that are added while the study runs. */
  readonly added?: readonly string[];
  /** What is found out about variants that do not say how they ended. */
  readonly closed?: (variantIds: readonly string[]) => VariantEnded[];
}

const BRANCH = { task: 'cms', sft_recipe: 'full', sft_seed: 0 };
/** What the jobs of one variant count when all goes well. */
export const RUNS_OF_VARIANT = 4;
const HEARTBEAT_MS = 100;

export class FakeStudy implements Activities {
  /** What happened, in order: `measure-a#1 starts`, `measure-a#1 done`, `fit`. */
  readonly events: string[] = [];
  /** What was sent outside. */
  readonly sent: Notification[] = [];
  readonly gates = new Gates();
  /** The greatest number of variants that were open at once. */
  mostOpen = 0;
  private readonly open = new Set<string>();
  private readonly variants: string[];
  private readonly ends = new Map<string, JobOutcome>();

  constructor(
    readonly study: string,
    private readonly options: FakeStudyOptions,
  ) {
    this.variants = [...options.variants];
  }

  makePlan = async (): Promise<PlanSummary> => {
    await this.play('plan');
    const { imports = false, base = false, variants } = this.options;
    const plan = { key: 'plans/1', imports, runs_base: base, variants_to_run: variants.length };
    return this.options.choose ? { ...plan, in_rounds: true } : plan;
  };

  importTable = (): Promise<void> => this.play('import');

  listVariants: Activities['listVariants'] = ({ offset, limit }) =>
    Promise.resolve(
      this.variants.slice(offset, offset + Math.min(limit, this.options.page ?? limit)),
    );

  /**
   * Without runs, the variants in `options.added` are new; with runs, their variants are tried
   * again.
   */
  amendPlan: Activities['amendPlan'] = async ({ plan_key, only, offset }) => {
    await this.play(`amend ${only?.join('+') ?? 'variants'}`);
    if (!only) this.variants.push(...(this.options.added ?? []));
    const asked = (only ?? []).map((run) => run.split('/')[0]);
    const again = this.variants.slice(0, offset).filter((id) => asked.includes(id));
    const { length } = this.variants;
    const plan = { imports: false, runs_base: false, variants_to_run: length };
    return { plan: { ...plan, key: `${plan_key}+` }, again };
  };

  chooseVariants: Activities['chooseVariants'] = async ({ chosen }) => {
    await this.play(`choose after ${chosen.join('+') || 'none'}`);
    const ids = this.options.choose?.(chosen) ?? [];
    return ids.map((variant_id) => ({ variant_id, reason: 'predictor' }));
  };

  listJobs: Activities['listJobs'] = ({ variant_id, part }) => {
    if (variant_id !== BASE_VARIANT) this.open.add(variant_id);
    this.mostOpen = Math.max(this.mostOpen, this.open.size);
    return Promise.resolve(jobsOf(variant_id).filter(({ name }) => name.startsWith(part ?? '')));
  };

  runJob: Activities['runJob'] = async ({ job, attempt }) => {
    const outcome = await this.tryJob(job, attempt);
    this.ends.set(job, outcome);
    return outcome;
  };

  closedVariants: Activities['closedVariants'] = ({ variant_ids }) =>
    Promise.resolve(this.options.closed?.(variant_ids) ?? []);

  fitStudy: Activities['fitStudy'] = async () => {
    await this.play('fit');
    return { fit_id: 'fit', dataset_version: 1, fitted: true };
  };

  recordedFits: Activities['recordedFits'] = async () => {
    await this.play('recorded fits');
    return { fit_ids: [], learned: [], read_version: null, ...this.options.recorded };
  };

  fitLearnedAgain: Activities['fitLearnedAgain'] = async ({ settings_json }) => {
    await this.play(`fit ${settings_json}`);
    return { fit_id: `fit of ${settings_json}`, dataset_version: 2, fitted: true };
  };

  reportDrift: Activities['reportDrift'] = async ({ before, fit_id }) => {
    await this.play(`drift of ${fit_id} from ${before}`);
    return { key: `drift/${fit_id}`, drifted: true, summary: '1 variants added' };
  };

  refreshReport: Activities['refreshReport'] = async () => {
    await this.play('report');
    return 3;
  };

  notify: Activities['notify'] = (message) => {
    this.sent.push(message);
    return Promise.resolve(['webhook']);
  };

  reportStudy: Activities['reportStudy'] = async ({ study, cancelled }) => {
    await this.play('report');
    return summaryOf(study, cancelled, [...this.ends.values()]);
  };

  /** How often a job was started. */
  attempts(job: string): number {
    return this.events.filter((event) => event.startsWith(`${job}#`) && event.endsWith('starts'))
      .length;
  }

  private async tryJob(job: string, attempt: number): Promise<JobOutcome> {
    const [kind = '', variant = ''] = splitJob(job);
    if (kind === 'tune' && this.lacksWeights(variant)) return outcomeOf(job, 'blocked', null);
    this.events.push(`${job}#${attempt} starts`);
    await this.wait(job);
    const failure = this.options.outcome?.(job, attempt) ?? null;
    this.events.push(`${job}#${attempt} ${failure ?? 'done'}`);
    if (kind === 'tune' || this.options.choose) this.open.delete(variant);
    return outcomeOf(job, failure ? 'failed' : 'done', failure);
  }

  /** The real activity finds no checkpoint to start from. */
  private lacksWeights(variant: string): boolean {
    const measured = this.ends.get(`measure-${variant}`);
    if (!measured?.failure_class) return false;
    this.open.delete(variant);
    return true;
  }

  private async play(step: string): Promise<void> {
    this.events.push(`${step} starts`);
    await this.wait(step);
    this.events.push(step);
  }

  /** Heartbeats, since a cancellation reaches an activity through them. */
  private async wait(step: string): Promise<void> {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      await Promise.race([this.gates.pass(step), context.cancelled]);
    } finally {
      clearInterval(beat);
    }
  }
}

function splitJob(job: string): string[] {
  const dash = job.indexOf('-');
  return [job.slice(0, dash), job.slice(dash + 1)];
}

function jobsOf(variant: string): PlannedJob[] {
  const measure = { name: `measure-${variant}`, stage: 'pretrain', needs: [] } as const;
  const tune = { name: `tune-${variant}`, stage: 'sft', needs: [measure.name] } as const;
  const planned = variant === BASE_VARIANT ? [measure] : [measure, tune];
  return planned.map((job) => ({
    ...job,
    variant_id: variant,
    trained_as: variant,
    recipe: 'fake',
    cluster: 'local',
    run_ids: runsOf(job.name),
    attempt: 1,
  }));
}

function runsOf(job: string): string[] {
  const [kind = '', variant = ''] = splitJob(job);
  return kind === 'measure'
    ? [runId(variant, 'pretrain'), runId(variant, 'indicate')]
    : [runId(variant, 'sft', BRANCH), runId(variant, 'evaluate', BRANCH)];
}

function outcomeOf(
  job: string,
  status: JobOutcome['runs'][number]['status'],
  failure_class: FailureClass | null,
): JobOutcome {
  return { runs: runsOf(job).map((run_id) => ({ run_id, status })), failure_class };
}

function summaryOf(
  study: string,
  cancelled: boolean,
  outcomes: readonly JobOutcome[],
): StudySummary {
  const runs = outcomes.flatMap((outcome) => outcome.runs);
  const count = (status: keyof RunCounts) => runs.filter((run) => run.status === status).length;
  const counts = { done: count('done'), failed: count('failed'), blocked: count('blocked') };
  const ended = counts.failed + counts.blocked ? 'failed' : 'done';
  return {
    study,
    status: cancelled ? 'cancelled' : ended,
    runs: { total: runs.length, reused: 0, pending: 0, running: 0, cancelled: 0, ...counts },
    report_key: 'reports/1',
    dataset_version: 1,
  };
}
