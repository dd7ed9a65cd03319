/** Polls a cluster once for all jobs that callers wait for. */
import { ClusterUnavailableError } from '../base/errors';
import type { Cluster, JobState } from './cluster';

interface Waiter {
  readonly settle: (state: JobState) => void;
  readonly fail: (error: Error) => void;
}

/** Consecutive failed polls before waiting calls are rejected. */
const FAILED_POLLS = 5;
const SOON_MS = 20;

export class Poller {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private timer: NodeJS.Timeout | undefined;
  private failed = 0;
  private soon = false;
  private polling = false;
  private changed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly intervalMs: number,
  ) {
    cluster.onChange?.(() => this.pollSoon());
  }

  /**
   * The state of a job that has ended or is unknown. Rejects with the signal's reason on abort, and
   * with ClusterUnavailableError when the cluster keeps failing.
   */
  wait(name: string, { signal }: { readonly signal: AbortSignal }): Promise<JobState> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(asError(signal.reason));
      const end = () => {
        this.remove(name, waiter);
        signal.removeEventListener('abort', abort);
      };
      const fail = (error: Error) => {
        end();
        reject(error);
      };
      const settle = (state: JobState) => {
        end();
        resolve(state);
      };
      const waiter: Waiter = { settle, fail };
      const abort = () => fail(asError(signal.reason));
      signal.addEventListener('abort', abort);
      this.add(name, waiter);
    });
  }

  private add(name: string, waiter: Waiter): void {
    const waiters = this.waiters.get(name) ?? new Set();
    this.waiters.set(name, waiters.add(waiter));
    if (!this.timer && !this.polling) this.schedule(this.intervalMs);
  }

  /** Simultaneous changes share one poll. */
  private pollSoon(): void {
    this.changed = true;
    if (this.timer && !this.soon) this.schedule(SOON_MS);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.soon = ms === SOON_MS;
    this.timer = setTimeout(() => void this.poll(), ms);
  }

  private remove(name: string, waiter: Waiter): void {
    const waiters = this.waiters.get(name);
    waiters?.delete(waiter);
    if (!waiters?.size) this.waiters.delete(name);
  }

  /** Polls an unresponsive cluster again a few times: its jobs continue meanwhile. */
  private async poll(): Promise<void> {
    this.timer = undefined;
    this.polling = true;
    this.changed = false;
    try {
      const states = await this.cluster.poll([...this.waiters.keys()]);
      this.failed = 0;
      for (const [name, state] of states)
        if (state.status !== 'queued' && state.status !== 'running')
          for (const waiter of this.waiters.get(name) ?? []) waiter.settle(state);
    } catch (error) {
      if (++this.failed >= FAILED_POLLS) this.giveUp(asError(error));
    }
    this.polling = false;
    if (this.waiters.size) this.schedule(this.changed ? SOON_MS : this.intervalMs);
  }

  private giveUp(cause: Error): void {
    const error = new ClusterUnavailableError(
      `Cluster "${this.cluster.name}" failed ${this.failed} times in a row: ${cause.message}`,
      { cause },
    );
    this.failed = 0;
    for (const waiters of [...this.waiters.values()])
      for (const waiter of [...waiters]) waiter.fail(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
