/** Queries Slurm about our jobs: callers at about the same time share one squeue and one sacct. */
import { ClusterUnavailableError } from '../../base/errors';
import { Queue } from '../../base/parallel';
import { SlurmRefusal, type RunSlurm } from './commands';
import {
  parseSacct,
  parseSqueue,
  SACCT_FORMAT,
  SQUEUE_FORMAT,
  withRestarts,
  type SlurmRow,
} from './parse';

/** Rows by the names of Slurm jobs. */
export type Rows = ReadonlyMap<string, readonly SlurmRow[]>;

/** Clocks of other machines may differ, and sacct selects by time. */
const DAY_MS = 86_400_000;
/** Far below the system's limit for one argument. */
const NAMES_PER_CALL = 2000;

export class Scheduler {
  private queued: { at: number; readonly rows: Promise<Rows> } | undefined;
  private readonly accounts = new Map<string, { at: number; rows: readonly SlurmRow[] }>();
  private readonly asking = new Queue();

  constructor(
    private readonly run: RunSlurm,
    /** Answers are reused for this time. */
    private readonly freshMs: number,
  ) {}

  /** All jobs of this user that the controller lists, including those that ended recently. */
  queue(): Promise<Rows> {
    if (this.queued && Date.now() - this.queued.at < this.freshMs) return this.queued.rows;
    // Callers share the request in progress, however slow the controller is.
    const asked = { at: Infinity, rows: this.squeue() };
    const answered = () => void (asked.at = Date.now());
    asked.rows.then(answered, answered);
    this.queued = asked;
    return asked.rows;
  }

  /** The next call queries Slurm again. */
  forget(): void {
    this.queued = undefined;
  }

  /**
   * Accounting data of jobs by name; empty if there is no accounting, or if it does not respond.
   */
  accounting(names: readonly string[], since: Date): Promise<Rows> {
    return this.asking.run(async () => {
      const stale = names.filter((name) => this.isStale(name));
      for (const name of this.accounts.keys()) if (this.isStale(name)) this.accounts.delete(name);
      for (let i = 0; i < stale.length; i += NAMES_PER_CALL)
        await this.sacct(stale.slice(i, i + NAMES_PER_CALL), since);
      return new Map(names.map((name) => [name, this.accounts.get(name)?.rows ?? []]));
    });
  }

  private isStale(name: string): boolean {
    const known = this.accounts.get(name);
    return !known || Date.now() - known.at >= this.freshMs;
  }

  private async squeue(): Promise<Rows> {
    // Lists arrays task by task, and ended jobs as long as the controller keeps them.
    const command = ['squeue', '--me', '--noheader', '--array', '--states=all'];
    try {
      return byName(parseSqueue(await this.run([...command, `--format=${SQUEUE_FORMAT}`])));
    } catch (error) {
      throw error instanceof SlurmRefusal
        ? new ClusterUnavailableError(`squeue: ${error.words}`, { cause: error })
        : error;
    }
  }

  private async sacct(names: readonly string[], since: Date): Promise<void> {
    const start = new Date(since.getTime() - DAY_MS).toISOString().slice(0, 19);
    const command = ['sacct', '--allocations', '--duplicates', '--noheader', '--parsable2'];
    const asked = [`--starttime=${start}`, `--format=${SACCT_FORMAT}`, `--name=${names.join(',')}`];
    const said = await this.run([...command, ...asked]).catch(() => '');
    const rows = byName(withRestarts(parseSacct(said)));
    for (const name of names)
      this.accounts.set(name, { at: Date.now(), rows: rows.get(name) ?? [] });
  }
}

function byName(rows: readonly SlurmRow[]): Rows {
  const found = new Map<string, SlurmRow[]>();
  for (const row of rows) {
    const known = found.get(row.name);
    if (known) known.push(row);
    else found.set(row.name, [row]);
  }
  return found;
}
