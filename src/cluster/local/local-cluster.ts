/**
 * Jobs as processes of this machine. Each is watched by a wrapper process (job_wrapper.py) that
 * outlives the worker; the job's state is recorded in files, so that any worker finds it again.
 * Jobs beyond the number of slots wait in a queue of tickets, first come first served.
 */
import path from 'node:path';
import { ClusterUnavailableError } from '../../base/errors';
import { SharedFolder } from '../../artifacts/shared-folder';
import type { WeightFiles } from '../../artifacts/weight-files';
import { isAlive, pause, signal } from '../../base/processes';
import { Dispatcher, messageOf } from './dispatcher';
import type { CancelOptions, Cluster, JobRequest, JobState, LogChunk } from '../cluster';
import { JobFolder, writeJson, type DiskClusterOptions } from '../disk/job-folder';
import { readJobFile } from '../disk/job-file';
import { readLog } from '../disk/job-log';
import { JobQueue } from './job-queue';
import { ended, isUnderWay, lost, unstarted } from '../disk/job-state';

export interface LocalClusterOptions extends DiskClusterOptions {
  /** Maximum number of running jobs. */
  readonly slots: number;
  /** The environment of the jobs, without the variables of their requests. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const CANCEL_WITHIN_MS = 20_000;

export class LocalCluster implements Cluster {
  readonly name: string;
  readonly weights: WeightFiles;
  private readonly queue: JobQueue;
  private readonly dispatcher: Dispatcher;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly options: LocalClusterOptions) {
    this.name = options.name;
    this.weights = new SharedFolder(options.cacheDir);
    const { root, slots, python, environment } = options;
    const queue = new JobQueue(path.join(root, 'queue'));
    const folder = (name: string) => this.folder(name);
    const onEnd = () => this.listeners.forEach((listener) => listener());
    this.queue = queue;
    this.dispatcher = new Dispatcher({ root, slots, python, environment, queue, folder, onEnd });
  }

  async submit(request: JobRequest): Promise<JobState> {
    const folder = this.folder(request.name);
    const before = await folder.attempt();
    if (before !== null && before >= request.attempt) return this.resubmit(request, before);
    if (before !== null) {
      const state = await this.state(request.name);
      if (state.status === 'queued' || state.status === 'running') return state;
    }
    return this.start(request);
  }

  /** Queues a job whose submitter died before the job was in the queue. */
  private async resubmit(request: JobRequest, newest: number): Promise<JobState> {
    const state = await this.state(request.name);
    return state.status === 'unknown' && newest === request.attempt ? this.start(request) : state;
  }

  /** Writes all input of the wrapper before the ticket, since any worker may take the ticket. */
  private async start(request: JobRequest): Promise<JobState> {
    const { name, attempt, command, environment, time_limit_seconds } = request;
    const { memory_limit_bytes = null } = request;
    const folder = this.folder(name);
    const paths = {
      work_dir: folder.dir,
      cache_dir: this.options.cacheDir,
      credentials_file: null,
    };
    await writeJson(path.join(folder.dir, 'job.json'), { ...request.job, ...paths });
    await writeJson(folder.control(attempt, 'request.json'), {
      command,
      environment,
      time_limit_seconds,
      memory_limit_bytes,
    });
    await this.queue.add(name, attempt);
    // The job is in the queue; the next poll reports the error to the callers that wait for the
    // job.
    await this.dispatcher.dispatch().catch(() => undefined);
    return this.state(name);
  }

  /**
   * Throws if jobs cannot be started and one of these is waiting, unless a job has ended.
   */
  async poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    const failed = await this.dispatcher.dispatch().then(
      () => null,
      (error: unknown) => new ClusterUnavailableError(messageOf(error), { cause: error }),
    );
    const queued = new Map((await this.queue.tickets()).map((one) => [one.name, one.attempt]));
    const states = await Promise.all(
      names.map(async (name) => {
        const attempt = queued.get(name);
        return attempt === undefined ? this.state(name) : this.waiting(attempt);
      }),
    );
    const waits = states.some(({ status }) => status === 'queued');
    if (failed && waits && states.every(isUnderWay)) throw failed;
    return new Map(names.map((name, i) => [name, states[i] ?? { status: 'unknown' }]));
  }

  async cancel(name: string, { as = 'cancelled', ...only }: CancelOptions = {}): Promise<void> {
    const folder = this.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null || attempt !== (only.attempt ?? attempt)) return;
    if (await folder.exit(attempt)) return;
    await writeJson(folder.control(attempt, 'cancel.json'), { as });
    await this.queue.remove(name);
    for (const end = Date.now() + CANCEL_WITHIN_MS; Date.now() < end; await pause(50)) {
      const state = await this.state(name);
      if (state.status !== 'running' && state.status !== 'queued') break;
      const wrapper = await folder.wrapper(attempt);
      if (wrapper) signal(wrapper, 'SIGTERM');
    }
    // A job that never had a process has no wrapper to record its end.
    if ((await this.state(name)).status === 'unknown') await writeCancelled(folder, attempt);
  }

  readLog(name: string, cursor: number): Promise<LogChunk> {
    return readLog(this.folder(name).log, cursor);
  }

  readFile(
    name: string,
    file: string,
    options?: { readonly last?: number },
  ): Promise<Uint8Array | null> {
    return readJobFile(this.folder(name).dir, file, options);
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Starts no more jobs; running jobs continue. */
  close(): void {
    this.dispatcher.close();
  }

  async live(): Promise<readonly string[]> {
    const running = await this.dispatcher.running();
    const queued = (await this.queue.tickets()).map(({ name }) => name);
    return [...new Set([...running, ...queued])];
  }

  folder(name: string): JobFolder {
    return new JobFolder(this.options.root, name);
  }

  // ---- State ---------------------------------------------------------------------------------

  private async state(name: string): Promise<JobState> {
    const folder = this.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null) return { status: 'unknown' };
    const exit = await folder.exit(attempt);
    if (exit) return ended(folder, attempt, exit);
    const wrapper = await folder.wrapper(attempt);
    if (!wrapper) return this.queuedState(name, attempt);
    const external_id = String(wrapper.pid);
    if (isAlive(wrapper))
      return { status: 'running', attempt, external_id, started_at: wrapper.started_at };
    return lost(folder, attempt, external_id, wrapper.started_at);
  }

  private async queuedState(name: string, attempt: number): Promise<JobState> {
    const queued = (await this.queue.tickets()).some((ticket) => ticket.name === name);
    if (queued) return this.waiting(attempt);
    // The job may have moved from the queue to a slot since its folder was read.
    return (await this.folder(name).isStarted(attempt)) ? this.state(name) : { status: 'unknown' };
  }

  private waiting(attempt: number): JobState {
    const reason = `waiting for one of ${this.options.slots} slots`;
    return { status: 'queued', attempt, reason };
  }
}

function writeCancelled(folder: JobFolder, attempt: number): Promise<void> {
  return writeJson(folder.control(attempt, 'exit.json'), unstarted('cancelled'));
}
