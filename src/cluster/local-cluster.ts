/**
 * Jobs as processes of this machine. Each is started by a wrapper process (job_wrapper.py) that
 * outlives the worker; what is known of it stands in files, so that any worker finds it again. Jobs
 * beyond the number of slots wait in a queue of tickets, first come first served.
 */
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ClusterUnavailableError } from '../errors';
import { Queue } from '../parallel';
import { isAlive, pause, ProcessIdentitySchema, signal, spawnDetached } from '../processes';
import type { CancelOptions, Cluster, JobRequest, JobState, LogChunk } from './cluster';
import { JobFolder, readJson, writeJson, type Exit } from './job-folder';
import { JobQueue, type Ticket } from './job-queue';
import { ended, lost, wrapperSaid } from './job-state';

export interface LocalClusterOptions {
  readonly name: string;
  /** Folder of the jobs' folders. */
  readonly root: string;
  /** Jobs that run at once. */
  readonly slots: number;
  /** Interpreter of the wrapper. */
  readonly python: string;
  /** All that a job sees of the environment, its request's own variables aside. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const WRAPPER = path.join(__dirname, 'job_wrapper.py');
/** Without site packages and the user's environment an interpreter starts in half the time. */
const BARE = ['-E', '-s', '-S'];
const START_WITHIN_MS = 10_000;
const CANCEL_WITHIN_MS = 20_000;
const LOG_CHUNK_BYTES = 1 << 20;

const SlotSchema = ProcessIdentitySchema.extend({ job: z.string() });

export class LocalCluster implements Cluster {
  readonly name: string;
  /** One look at the queue after the other, so that no two give away the same slot. */
  private readonly filling = new Queue();
  /** Names of the jobs that are being started, by ticket. */
  private readonly starting = new Map<string, string>();

  private readonly queue: JobQueue;
  /** Why an attempt cannot start, by its folder, until its end is written down. */
  private readonly refusals = new Map<string, string>();

  private readonly listeners: (() => void)[] = [];

  constructor(private readonly options: LocalClusterOptions) {
    this.name = options.name;
    this.queue = new JobQueue(path.join(options.root, 'queue'));
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

  /** A job whose submitter died before it stood in the queue is put there. */
  private async resubmit(request: JobRequest, newest: number): Promise<JobState> {
    const state = await this.state(request.name);
    return state.status === 'unknown' && newest === request.attempt ? this.start(request) : state;
  }

  /** All that the wrapper reads stands there before the ticket does: any worker may take it. */
  private async start(request: JobRequest): Promise<JobState> {
    const { name, attempt, command, environment, time_limit_seconds } = request;
    const { memory_limit_bytes = null } = request;
    const folder = this.folder(name);
    await writeJson(path.join(folder.dir, 'job.json'), { ...request.job, work_dir: folder.dir });
    await writeJson(folder.control(attempt, 'request.json'), {
      command,
      environment,
      time_limit_seconds,
      memory_limit_bytes,
    });
    await this.queue.add(name, attempt);
    // The job stands in the queue: whoever waits for it polls, and hears there what went wrong.
    await this.dispatch().catch(() => undefined);
    return this.state(name);
  }

  /**
   * Throws when jobs cannot be started and one of these waits; an end that it has to tell goes first.
   */
  async poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    const failed = await this.dispatch().then(
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
    // A job that never had a process has nobody else to write down its end.
    if ((await this.state(name)).status === 'unknown') await writeCancelled(folder, attempt);
  }

  async readLog(name: string, cursor: number): Promise<LogChunk> {
    const handle = await open(this.folder(name).log, 'r').catch(() => null);
    if (!handle) return { text: '', cursor };
    try {
      const buffer = Buffer.alloc(LOG_CHUNK_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, LOG_CHUNK_BYTES, cursor);
      const whole = wholeCharacters(buffer.subarray(0, bytesRead));
      return { text: whole.toString('utf8'), cursor: cursor + whole.length };
    } finally {
      await handle.close();
    }
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  workDir(name: string): string {
    return path.join(this.options.root, 'jobs', name);
  }

  async live(): Promise<readonly string[]> {
    const running = await this.running();
    const queued = (await this.queue.tickets()).map(({ name }) => name);
    return [...new Set([...running, ...queued])];
  }

  private folder(name: string): JobFolder {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
      throw new TypeError(`"${name}" is not a job's name: expected [a-z0-9][a-z0-9.-]*`);
    return new JobFolder(this.workDir(name));
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
    // It may have left the queue for a slot since its folder was read.
    return (await this.isStarted(this.folder(name), attempt))
      ? this.state(name)
      : { status: 'unknown' };
  }

  private waiting(attempt: number): JobState {
    const reason = `waiting for one of ${this.options.slots} slots`;
    return { status: 'queued', attempt, reason };
  }

  // ---- Queue ---------------------------------------------------------------------------------

  private get slotsDir(): string {
    return path.join(this.options.root, 'slots');
  }

  /** Jobs whose wrapper holds a slot and lives. */
  private async running(): Promise<string[]> {
    const slots = await Promise.all(
      Array.from({ length: this.options.slots }, (_, i) =>
        readJson(path.join(this.slotsDir, `slot${i}.json`), SlotSchema),
      ),
    );
    return slots.flatMap((slot) => (slot && isAlive(slot) ? [slot.job] : []));
  }

  /** Starts queued jobs while slots are free. A job that can neither start nor end stops no other. */
  private async dispatch(): Promise<void> {
    const tried = new Set<string>();
    const failures: unknown[] = [];
    for (;;) {
      const started = await this.filling.run(() => this.fillSlots(tried));
      if (!started.length) break;
      // One that ended at once has left its slot.
      for (const end of await Promise.allSettled(started))
        if (end.status === 'rejected') failures.push(end.reason);
    }
    if (failures.length) throw failures[0];
  }

  /** Begins to start as many jobs as slots are free, in the order of their tickets. */
  private async fillSlots(tried: Set<string>): Promise<Promise<void>[]> {
    const taken = new Set([...this.starting.values()]);
    for (const name of await this.running()) taken.add(name);
    const started: Promise<void>[] = [];
    for (const ticket of await this.queue.tickets()) {
      if (this.starting.has(ticket.file) || tried.has(ticket.file)) continue;
      const isStarted = await this.isStarted(this.folder(ticket.name), ticket.attempt);
      if (!isStarted && taken.size >= this.options.slots) break;
      if (!isStarted) taken.add(ticket.name);
      tried.add(ticket.file);
      started.push(this.serve(ticket, isStarted));
    }
    return started;
  }

  /** Workers that race are told apart by the wrapper's locks: who finds no slot leaves the ticket. */
  private async serve(ticket: Ticket, isStarted: boolean): Promise<void> {
    this.starting.set(ticket.file, ticket.name);
    try {
      if (isStarted || (await this.startOrEnd(this.folder(ticket.name), ticket.attempt)))
        await this.queue.drop(ticket);
    } finally {
      this.starting.delete(ticket.file);
    }
  }

  /**
   * What cannot start ends as `cluster_unavailable`. Where not even that can be written, as on a full
   * disk, only the writing is tried again: no process is started for it at every poll.
   */
  private async startOrEnd(folder: JobFolder, attempt: number): Promise<boolean> {
    const key = folder.control(attempt);
    try {
      if (!this.refusals.has(key)) return await this.startWrapper(folder, attempt);
    } catch (error) {
      this.refusals.set(key, messageOf(error));
    }
    const end = { ...unstarted('cluster_unavailable'), reason: this.refusals.get(key) };
    await writeJson(folder.control(attempt, 'exit.json'), end);
    this.refusals.delete(key);
    return true;
  }

  private async isStarted(folder: JobFolder, attempt: number): Promise<boolean> {
    return Boolean((await folder.wrapper(attempt)) ?? (await folder.exit(attempt)));
  }

  /** Its slot is free, and whoever waits for its job need not wait for the next poll. */
  private wrapperEnded(): void {
    for (const listener of this.listeners) listener();
    void this.dispatch().catch(() => undefined); // the next poll tells
  }

  /** False when the wrapper found no free slot; throws when it cannot be started, or failed. */
  private async startWrapper(folder: JobFolder, attempt: number): Promise<boolean> {
    await mkdir(this.slotsDir, { recursive: true });
    const log = folder.control(attempt, 'wrapper.log');
    const { python, slots, environment } = this.options;
    const ended: { code?: number | null } = {};
    const onExit = (code: number | null) => {
      ended.code = code;
      this.wrapperEnded();
    };
    await spawnDetached(
      python,
      [...BARE, WRAPPER, folder.dir, String(attempt), this.slotsDir, String(slots)],
      { env: { ...environment }, log, cwd: folder.dir, onExit },
    );
    for (const end = Date.now() + START_WITHIN_MS; Date.now() < end; await pause(5)) {
      if (await this.isStarted(folder, attempt)) return true;
      if (ended.code !== undefined) break;
    }
    if (await this.isStarted(folder, attempt)) return true;
    if (ended.code === undefined || ended.code === 0) return false;
    const silent = `${python} ended at once (exit code ${ended.code}) and could write nothing: is the disk full?`;
    throw new ClusterUnavailableError(wrapperSaid(folder, attempt) || silent);
  }
}

function isUnderWay({ status }: JobState): boolean {
  return status === 'queued' || status === 'running';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function writeCancelled(folder: JobFolder, attempt: number): Promise<void> {
  return writeJson(folder.control(attempt, 'exit.json'), unstarted('cancelled'));
}

function unstarted(ended_by: Exit['ended_by']): Exit {
  return {
    ended_by,
    exit_code: null,
    signal: null,
    ended_at: new Date(),
    log_start: 0,
    wall_seconds: 0,
    cpu_seconds: 0,
    max_rss_bytes: 0,
  };
}

/** Without the last character when the end of the file cuts it in two. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
