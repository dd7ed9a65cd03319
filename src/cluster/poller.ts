/** Asks a cluster once for all the jobs that somebody waits for. */
import type { Cluster, JobState } from './cluster';

type Waiter = (state: JobState) => void;

export class Poller {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly intervalMs: number,
  ) {}

  /** The state of a job that has ended or is unknown. Rejects with the signal's reason on abort. */
  wait(name: string, { signal }: { readonly signal: AbortSignal }): Promise<JobState> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(asError(signal.reason));
      const end = () => {
        this.remove(name, waiter);
        signal.removeEventListener('abort', abort);
      };
      const waiter: Waiter = (state) => {
        end();
        resolve(state);
      };
      const abort = () => {
        end();
        reject(asError(signal.reason));
      };
      signal.addEventListener('abort', abort);
      this.add(name, waiter);
    });
  }

  private add(name: string, waiter: Waiter): void {
    const waiters = this.waiters.get(name) ?? new Set();
    this.waiters.set(name, waiters.add(waiter));
    this.timer ??= setTimeout(() => void this.poll(), this.intervalMs);
  }

  private remove(name: string, waiter: Waiter): void {
    const waiters = this.waiters.get(name);
    waiters?.delete(waiter);
    if (!waiters?.size) this.waiters.delete(name);
  }

  /** A cluster that does not answer is asked again: the jobs go on meanwhile. */
  private async poll(): Promise<void> {
    try {
      const states = await this.cluster.poll([...this.waiters.keys()]);
      for (const [name, state] of states)
        if (state.status !== 'queued' && state.status !== 'running')
          for (const waiter of this.waiters.get(name) ?? []) waiter(state);
    } catch {
      // asked again below
    }
    this.timer = this.waiters.size
      ? setTimeout(() => void this.poll(), this.intervalMs)
      : undefined;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
