/**
 * Assigns the free slots of this machine to the jobs that wait in the queue, first come first
 * served. Workers that share a folder may race; the locks that wrappers hold decide between them.
 */
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../base/folders';
import { Queue } from '../../base/parallel';
import { isAlive, ProcessIdentitySchema } from '../../base/processes';
import { readJson, writeJson, type JobFolder } from '../disk/job-folder';
import { JobLauncher } from './job-launcher';
import type { JobQueue, Ticket } from './job-queue';
import { unstarted } from '../disk/job-state';

export interface DispatcherOptions {
  /** Folder of the cluster. */
  readonly root: string;
  readonly slots: number;
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly queue: JobQueue;
  readonly folder: (name: string) => JobFolder;
  /** Called when a job that was started here has ended. */
  readonly onEnd: () => void;
}

const SlotSchema = ProcessIdentitySchema.extend({ job: z.string() });

export class Dispatcher {
  /** Passes over the queue run one at a time, so that no two of them assign the same slot. */
  private readonly filling = new Queue();
  /** Names of the jobs that are being started, by ticket. */
  private readonly starting = new Map<string, string>();
  /** Why an attempt cannot start, by its folder, until its end is recorded. */
  private readonly refusals = new Map<string, string>();
  private readonly launcher: JobLauncher;

  constructor(private readonly options: DispatcherOptions) {
    const { root, python, environment } = options;
    const onEnd = () => this.wrapperEnded();
    this.launcher = new JobLauncher({ root, python, environment, onEnd });
  }

  private get slotsDir(): string {
    return path.join(this.options.root, 'slots');
  }

  /** Jobs whose wrapper is alive and holds a slot. */
  async running(): Promise<string[]> {
    const slots = await Promise.all(
      Array.from({ length: this.options.slots }, (_, i) =>
        readJson(path.join(this.slotsDir, `slot${i}.json`), SlotSchema),
      ),
    );
    return slots.flatMap((slot) => (slot && isAlive(slot) ? [slot.job] : []));
  }

  /**
   * Starts queued jobs while slots are free. A job that can neither start nor end does not block
   * other jobs.
   */
  async dispatch(): Promise<void> {
    const tried = new Set<string>();
    const failures: unknown[] = [];
    for (;;) {
      const started = await this.filling.run(() => this.fillSlots(tried));
      if (!started.length) break;
      // A job that ended at once has freed its slot.
      for (const end of await Promise.allSettled(started))
        if (end.status === 'rejected') failures.push(end.reason);
    }
    if (failures.length) throw failures[0];
  }

  /** Starts as many jobs as there are free slots, in the order of their tickets. */
  private async fillSlots(tried: Set<string>): Promise<Promise<void>[]> {
    const taken = new Set([...this.starting.values()]);
    for (const name of await this.running()) taken.add(name);
    const started: Promise<void>[] = [];
    for (const ticket of await this.options.queue.tickets()) {
      if (this.starting.has(ticket.file) || tried.has(ticket.file)) continue;
      const isStarted = await this.options.folder(ticket.name).isStarted(ticket.attempt);
      if (!isStarted && taken.size >= this.options.slots) break;
      if (!isStarted) taken.add(ticket.name);
      tried.add(ticket.file);
      started.push(this.serve(ticket, isStarted));
    }
    return started;
  }

  /**
   * The wrapper's locks decide between racing workers: a worker that finds no slot leaves the
   * ticket.
   */
  private async serve(ticket: Ticket, isStarted: boolean): Promise<void> {
    this.starting.set(ticket.file, ticket.name);
    try {
      if (isStarted || (await this.startOrEnd(this.options.folder(ticket.name), ticket.attempt)))
        await this.options.queue.drop(ticket);
    } finally {
      this.starting.delete(ticket.file);
    }
  }

  /**
   * A job that cannot start ends as `cluster_unavailable`. If not even that can be written, as on a
   * full disk, only the write is retried: no process is started for the job at every poll.
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

  /** Frees the slot, and spares waiting callers the time until the next poll. */
  private wrapperEnded(): void {
    this.options.onEnd();
    void this.dispatch().catch(() => undefined); // the next poll reports the error
  }

  /** False if the wrapper found no free slot; throws if it cannot be started, or failed. */
  private async startWrapper(folder: JobFolder, attempt: number): Promise<boolean> {
    const slots_dir = this.slotsDir;
    await makeFolder(slots_dir);
    const { slots } = this.options;
    const log = folder.control(attempt, 'wrapper.log');
    try {
      const request = { job_dir: folder.dir, attempt, slots_dir, slots, log };
      if ((await this.launcher.start(request)) === 'running') return true;
    } catch (error) {
      // The response may have been lost with the launcher, or another worker's wrapper runs the
      // attempt.
      if (!(await folder.isStarted(attempt))) throw error;
    }
    return folder.isStarted(attempt);
  }

  /** Starts no more jobs; running jobs continue. */
  close(): void {
    this.launcher.close();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
