/**
 * Jobs on a Slurm cluster. The state of a job is recorded in files of a folder that every node
 * sees: the submission is recorded there before sbatch is called, and the job's leader
 * (slurm_wrapper.py) records its end. That record takes precedence over the scheduler, whose lists
 * are late and temporary. The scheduler is queried about jobs without a recorded end, all in one
 * squeue and one sacct, and the ends that it reports are recorded.
 */
import path from 'node:path';
import { SharedFolder } from '../../artifacts/shared-folder';
import type { WeightFiles } from '../../artifacts/weight-files';
import { ClusterUnavailableError } from '../../base/errors';
import { mapParallel } from '../../base/parallel';
import { pause } from '../../base/processes';
import type { CancelOptions, Cluster, JobRequest, JobState, LogChunk } from '../cluster';
import { readJobFile } from '../disk/job-file';
import { writeJson, writeOnce, type DiskClusterOptions, type JobFolder } from '../disk/job-folder';
import { readLog } from '../disk/job-log';
import { ended, isUnderWay, unstarted } from '../disk/job-state';
import type { SlurmSettings } from './settings';
import { Batcher } from './batcher';
import { folderOf, slurmCommands, SlurmRefusal, type RunSlurm } from './commands';
import { checkedCredentials } from './credentials';
import { classByWords } from './evidence';
import { Inquiry, type Answers } from './inquiry';
import { Ledger, type Submission } from './ledger';
import { launched } from './options';
import { Records, type Look } from './records';
import { Scheduler } from './scheduler';
import { Submitter } from './submitter';
import { isDue, isLive, judge, notListed, type Evidence } from './verdict';

export interface SlurmClusterOptions extends DiskClusterOptions {
  readonly settings: SlurmSettings;
  /** The environment of Slurm's programs; jobs do not receive it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const CANCEL_WITHIN_MS = 20_000;
const CANCEL_WINDOW_MS = 50;
const CANCEL_AT_ONCE = 500;
const FILES_AT_ONCE = 64;
/** Answers are reused for this share of the poll interval. */
const FRESH_SHARE = 0.5;

/** By default torchrun and accelerate kill their workers half a minute after SIGTERM. */
function patience(seconds: number | null): Readonly<Record<string, string>> {
  return seconds === null ? {} : { TORCH_ELASTIC_SHUTDOWN_TIMEOUT: String(seconds) };
}

export class SlurmCluster implements Cluster {
  readonly name: string;
  readonly weights: WeightFiles;
  private readonly ledger: Ledger;
  private readonly records: Records;
  private readonly scheduler: Scheduler;
  private readonly inquiry: Inquiry;
  private readonly submitter: Submitter;
  private readonly run: RunSlurm;
  private bin: Promise<string | null> | undefined;
  private readonly cancelling = new Batcher<string>(
    CANCEL_WINDOW_MS,
    CANCEL_AT_ONCE,
    () => '',
    (ids) => this.scancel(ids),
  );

  constructor(private readonly options: SlurmClusterOptions) {
    const { name, root, settings, python, environment } = options;
    this.name = name;
    this.weights = new SharedFolder(options.cacheDir);
    this.run = slurmCommands({ ...settings, environment });
    this.ledger = new Ledger(root);
    this.records = new Records(this.ledger, settings);
    this.scheduler = new Scheduler(this.run, settings.poll_seconds * 1000 * FRESH_SHARE);
    const { run, ledger, scheduler } = this;
    this.inquiry = new Inquiry(ledger, scheduler, settings.grace_seconds * 1000);
    this.submitter = new Submitter({ run, ledger, scheduler, settings, python });
  }

  async submit(request: JobRequest): Promise<JobState> {
    const folder = this.folder(request.name);
    const newest = await folder.attempt();
    if (newest === null) return this.start(request, null);
    // Read the submission before the state: a decision based on an older submission loses the
    // claim.
    const submission = await this.ledger.submission(folder, newest);
    const state = await this.state(request.name);
    if (newest > request.attempt || isUnderWay(state)) return state;
    if (newest < request.attempt) return this.start(request, null);
    return state.status === 'unknown' ? this.start(request, submission) : state;
  }

  private async start(request: JobRequest, after: Submission | null): Promise<JobState> {
    const { name, attempt } = request;
    const folder = this.folder(name);
    const credentials_file = await checkedCredentials(
      this.name,
      this.options.settings.credentials_file,
    );
    const paths = { work_dir: folder.dir, cache_dir: this.options.cacheDir, credentials_file };
    await writeJson(path.join(folder.dir, 'job.json'), { ...request.job, ...paths });
    await writeJson(folder.control(attempt, 'request.json'), await this.requestOf(request));
    this.inquiry.close(request);
    await this.submitter.submit({ request, folder, after });
    if (await folder.exit(attempt)) return this.state(name);
    return { status: 'queued', attempt, reason: 'submitted to Slurm' };
  }

  private async requestOf(request: JobRequest) {
    const { time_limit_seconds, memory_limit_bytes = null } = request;
    const { settings } = this.options;
    const { signal_before_seconds: notice_seconds } = settings;
    const command = launched(request.command, settings);
    const environment = { ...patience(notice_seconds), ...request.environment };
    const limits = { time_limit_seconds, memory_limit_bytes, notice_seconds };
    return { command, environment, ...limits, slurm_bin: await this.slurmBin() };
  }

  /** Slurm's programs are in the same folder on the nodes and on the login node. */
  private async slurmBin(): Promise<string | null> {
    const { bin } = this.options.settings;
    if (bin !== null) return bin;
    this.bin ??= folderOf(this.run);
    const found = await this.bin;
    if (found === null) this.bin = undefined;
    return found;
  }

  /** Throws if Slurm does not respond, unless the jobs' own records contain an end. */
  async poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    const looks = await mapParallel(names, FILES_AT_ONCE, (name) => this.records.look(name));
    const open = looks.filter((one): one is Look => !('status' in one));
    const answers = await this.inquiry.ask(open).catch((error: unknown) => error as Error);
    if (answers instanceof Error) return this.endsOnly(names, looks, answers);
    const settled = await mapParallel(looks, FILES_AT_ONCE, (one) =>
      'status' in one ? Promise.resolve(one) : this.settle(one, answers),
    );
    return new Map(names.map((name, i) => [name, settled[i] ?? { status: 'unknown' }]));
  }

  async cancel(name: string, { as = 'cancelled', ...only }: CancelOptions = {}): Promise<void> {
    const folder = this.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null || attempt !== (only.attempt ?? attempt)) return;
    if (await this.records.isSettled(name, attempt)) return;
    await writeJson(folder.control(attempt, 'cancel.json'), { as });
    const asked = new Set<string>();
    for (const end = Date.now() + CANCEL_WITHIN_MS; Date.now() < end; await pause(200))
      if (await this.hasEnded(name, asked)) break;
    // No other process records the end of a job that Slurm never had; if it still starts, it finds
    // this record.
    if ((await this.state(name)).status === 'unknown')
      await writeOnce(folder.control(attempt, 'exit.json'), unstarted('cancelled'));
  }

  async readLog(name: string, cursor: number): Promise<LogChunk> {
    return readLog(this.folder(name).log, cursor);
  }

  readFile(
    name: string,
    file: string,
    options?: { readonly last?: number },
  ): Promise<Uint8Array | null> {
    return readJobFile(this.folder(name).dir, file, options);
  }

  folder(name: string): JobFolder {
    return this.ledger.folder(name);
  }

  async live(): Promise<readonly string[]> {
    if (!(await this.ledger.isUsed())) return [];
    const names = new Set<string>();
    for (const [jobName, rows] of await this.scheduler.queue()) {
      const batch = this.ledger.batchOf(jobName);
      const tasks = batch === null ? [] : await this.ledger.tasks(batch);
      for (const row of rows.filter(isLive)) {
        const task = row.task === null ? tasks.find(Boolean) : tasks[row.task];
        if (task && !(await this.records.isSettled(task.name, task.attempt))) names.add(task.name);
      }
    }
    return [...names];
  }

  // ---- State ---------------------------------------------------------------------------------

  private async state(name: string): Promise<JobState> {
    return (await this.poll([name])).get(name) ?? { status: 'unknown' };
  }

  private async settle(look: Look, answers: Answers): Promise<JobState> {
    const evidence = await this.inquiry.evidence(look, answers);
    if (look.isUncounted) return this.count(look, evidence);
    const verdict = judge(evidence);
    if (verdict.status !== 'ended') return verdict;
    this.inquiry.close(look);
    return this.records.writeEnd(look, verdict);
  }

  /**
   * Reports the end of a job when its GPU time is known, or when accounting has had time to provide
   * it.
   */
  private async count(look: Look, evidence: Evidence): Promise<JobState> {
    if (!isDue(evidence)) {
      const wrapper = await look.folder.wrapper(look.attempt);
      return notListed({ ...evidence, wrapper });
    }
    this.inquiry.close(look);
    return this.records.writeAllocation(look, evidence.accounted);
  }

  /** For an unavailable scheduler: the recorded ends. Throws if there are none. */
  private async endsOnly(
    names: readonly string[],
    looks: readonly (Look | JobState)[],
    error: Error,
  ): Promise<ReadonlyMap<string, JobState>> {
    const known = new Map<string, JobState>();
    for (const [i, look] of looks.entries()) {
      const name = names[i] ?? '';
      if ('status' in look) known.set(name, look);
      else if (look.exit && look.isUncounted)
        known.set(name, await ended(look.folder, look.attempt, look.exit, classByWords));
    }
    if ([...known.values()].some(({ status }) => status !== 'unknown')) return known;
    throw error instanceof ClusterUnavailableError
      ? error
      : new ClusterUnavailableError(error.message, { cause: error });
  }

  // ---- Cancelling ----------------------------------------------------------------------------

  /**
   * Asks Slurm to end the job, once. If Slurm is unavailable, the job's leader finds the request
   * itself.
   */
  private async hasEnded(name: string, asked: Set<string>): Promise<boolean> {
    try {
      if (!isUnderWay(await this.state(name))) return true;
      const look = await this.records.look(name);
      const row =
        'status' in look
          ? undefined
          : this.inquiry.find(await this.scheduler.queue(), look.submission);
      if (!row || !isLive(row) || asked.has(row.id)) return false;
      await this.cancelling.add(row.id);
      asked.add(row.id);
    } catch (error) {
      if (!(error instanceof ClusterUnavailableError)) throw error;
    }
    return false;
  }

  private async scancel(ids: readonly string[]): Promise<void> {
    try {
      await this.run(['scancel', ...ids]);
    } catch (error) {
      // One of the jobs had already ended.
      if (!(error instanceof SlurmRefusal)) throw error;
    } finally {
      this.scheduler.forget();
    }
  }
}
